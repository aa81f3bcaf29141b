"""A picture in, numbers out. Pure: knows no camera, clock, screen or file."""
