"""The stages of one reading, as pictures.

What `read --explain` writes: the page at each stage, the cuts, the network's inputs, and the reason why something was
rejected. It may import `core`, `reading` and the other modules of `drawing`. A new stage of the reader gets its
picture here.
"""
