"""Parts of the commands that measure the whole program.

A simulated camera, and variants of the reader without one of its stages. It may import everything below the commands. Output
belongs in the commands.
"""
