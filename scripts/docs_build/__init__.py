"""What builds the documentation beside MkDocs.

Hooks that make pages out of files which have their place elsewhere. It imports nothing of `scripts`. A page made from
another file is added in `hooks.py`.
"""
