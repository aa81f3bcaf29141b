"""The networks and their runtimes: architectures, weights, model cards, and the input format that they learned.

It imports nothing of Numcam's, and knows no camera and no page. A new architecture goes into `architectures.py`, a
new runtime into `classifier.py`; weights in `weights/` come from the training commands, each with its card.
"""
