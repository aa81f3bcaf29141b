"""Parts of the commands that measure the whole program.

A simulated camera, variants of the reader without one of its stages, and the time of a page beside its lower bound. It may import
everything below the commands. Output belongs in the commands.
"""
