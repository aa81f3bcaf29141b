"""Measuring the whole program: its parts.

A camera stand-in, and the reader without one of its stages. It may import everything below the commands. What a
command prints stays in the command.
"""
