"""The networks, their input format, and the runtimes that answer for them. Knows no camera and no page."""
