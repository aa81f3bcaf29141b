"""Define and check the options of `serve`. Knows no server and loads none."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

from live.core.command_hints import ROOT, python
from live.core.errors import ServeError, SettingsError
from live.web.options import ServeOptions

PACKAGES = ("fastapi", "uvicorn", "websockets", "python_multipart", "prometheus_client", "segno", "cryptography")
"""What the extra `web` brings."""
PORT = 8765


def add_serve_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `serve` to its parser."""
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS",
        help="where to listen; 0.0.0.0 lets other machines in, with a token and HTTPS (default: this machine alone)",
    )  # fmt: skip
    parser.add_argument("--port", type=int, default=PORT, help="(default: %(default)s; 0: any that is free)")
    parser.add_argument(
        "--self-signed", action="store_true",
        help="HTTPS with a certificate that Numcam makes; browsers give the camera only to https pages and to this machine",
    )  # fmt: skip
    parser.add_argument("--cert", type=Path, metavar="FILE", help="HTTPS with a certificate of yours: PEM")
    parser.add_argument("--key", type=Path, metavar="FILE", help="its key: PEM")


def serve_options(options: argparse.Namespace) -> ServeOptions:
    """Check the parsed arguments. Raises SettingsError; ServeError where the extra `web` isn't installed."""
    if not 0 <= options.port <= 65535:
        raise SettingsError(f"--port is a number from 0 to 65535, not {options.port}.")
    if (options.cert is None) != (options.key is None):
        raise SettingsError("--cert and --key belong together: give both.")
    if options.self_signed and options.cert is not None:
        raise SettingsError("--self-signed makes a certificate: leave it out, or leave out --cert and --key.")
    check_packages()
    wanted = ServeOptions(options.host, options.port, options.cert, options.key, options.self_signed)
    if wanted.is_open and not wanted.is_https:
        raise SettingsError(
            f"--host {options.host} lets other machines in, which needs HTTPS: add --self-signed, or --cert and --key. "
            "Browsers give no camera to a page without it."
        )
    return wanted


def check_packages() -> None:
    """Raise ServeError with what to type if the extra `web` isn't installed."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        extra = "-e '.[web]'" if (ROOT / "pyproject.toml").is_file() else "'numcam[web]'"
        raise ServeError(
            f"serve needs the extra web, of which {missing[0]} is missing. Type: {python()} -m pip install {extra}"
        )
