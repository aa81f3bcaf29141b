"""Training: data, fitting, calibration, export.

Data sets split by writer, drawn pictures, batches, fitting, runs that can be resumed, calibration, model files with their cards.
It may import `pages`, the reader's stages and `models`. A new kind of data goes into
`datasets.py` or `training_set.py`; how a network is trained is a recipe in `recipes.py`.
"""
