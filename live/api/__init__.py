"""The public way in: readers of pages and of streams, and what they are made of; no window, no printing, no command line."""
