"""Evaluation of networks and readings.

Scores, tables and pictures of a network's answers on single digits, numbers of one writer, whole pages. It may import
`training` for data and calibration. A new figure is counted in one of the `*_scores.py` and shown by `score_tables.py`, or in
`scoring` by a row of the scoreboard.
"""
