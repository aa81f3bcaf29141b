"""Where numbers and recordings go.

Events, logs, tables, recordings, a command of the user's for each number, the clipboard. It may import `core`. A new
output that hears of events is a class with `add(events)` in a module here, made by `run_outputs.py` when its setting
asks for it; slow work goes into a `JobQueue`, so that the loop never waits.
"""
