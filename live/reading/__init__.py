"""A picture in, numbers out.

Paper, ink, regions, cuts and joins, decoding, grouping: the stages that `reader.py` calls in order, and
`orientation.py` around them for pages that lie otherwise. It may import `core` and `models`, and knows no camera,
clock, screen, thread or file. A change of what is read belongs here, with its effect on all measured sets in
docs/accuracy.md.
"""
