"""The addresses at which the server is reached, and the QR code of one. Knows no server."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress

EVERYWHERE = ("0.0.0.0", "::", "")
NOWHERE = ("192.0.2.1", 9)
"""An address of RFC 5737 that nobody has: asking which way leads there sends nothing."""
HALF_BLOCKS = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
"""The letter for two dots, one above the other, by whether they are dark."""


def is_this_machine_alone(host: str) -> bool:
    """Whether only this machine reaches a server that listens on `host`."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host.lower() == "localhost"


def own_address() -> str:
    """This machine's address in its network; 127.0.0.1 where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked, suppress(OSError):
        asked.connect(NOWHERE)
        return str(asked.getsockname()[0])
    return "127.0.0.1"


def address(host: str, port: int, *, is_https: bool, token: str | None = None) -> str:
    """What to open in a browser. The token stands behind the #, which a browser sends to nobody."""
    name = own_address() if host in EVERYWHERE else host
    name = f"[{name}]" if ":" in name else name
    return f"{'https' if is_https else 'http'}://{name}:{port}/" + (f"#token={token}" if token else "")


def qr_code(text: str) -> list[str]:
    """A text as a QR code for a terminal: the lines of half blocks, light where the code is light, for a dark terminal.

    On a light terminal it is the code's negative, which phones read as well.
    """
    import segno

    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=2)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    return [
        "".join(HALF_BLOCKS[bool(above), bool(below)] for above, below in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
