"""Evaluation of networks and readings.

Scores, tables and pictures of a network's answers on single digits, numbers of one writer, whole pages. It may import
`training` for data and calibration. A new figure is counted in `scores.py` or `page_scores.py` and shown by
`score_tables.py`.
"""
