"""The web server: the page for browsers, and the HTTP and WebSocket API.

`serve.py` runs it, `app.py` lists its addresses, `guard.py` decides who may use them, and `reading_queue.py` shares one
reader among all clients. The page itself lies in `page/`, as modules without a build step. It may import `api` and
everything below; its packages (the extra `web`) are imported only where it is started. docs/decisions/0033-in-the-browser.md
"""
