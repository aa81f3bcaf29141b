"""What a number is expected to look like, and what is the likeliest number that looks so.

Patterns, lengths, ranges, lists of values and check digits become automata over digits and signs. Their best path through a
number's probabilities is the likeliest text that fits. It may import `core`. `expectation.py` is what other packages use; it
knows no camera, no command and no page.
"""
