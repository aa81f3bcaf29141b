"""Runs the web server until a signal ends it. Knows no command line."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from live.core.errors import ServeError
from live.core.settings import Settings
from live.web.addresses import address, qr_code
from live.web.app import make_app
from live.web.certificates import own_certificate
from live.web.connections import protocol_with
from live.web.guard import Guard, names_of_this_machine, new_token
from live.web.limits import Rates, WebLimits
from live.web.options import ServeOptions
from live.web.page_files import load_files
from live.web.serving import Serving

Say = Callable[[str], None]
GRACE_S = 1
"""Requests that are answered when a signal comes have this many seconds to end."""


def serve(options: ServeOptions, settings: Settings, tell: Say, ended: Callable[[], bool]) -> bool:
    """Serve until `ended` is true; whether every thread has ended then. Raises NumcamError and ModelError.

    tell: called with the lines that say where the page is. ended: asked ten times a second.
    """
    _silence()
    context = _tls(options)
    with _listening(options) as listener:
        serving = Serving.of(settings)
        try:
            guard = Guard(
                make_app(serving, load_files()),
                names_of_this_machine([options.host]),
                new_token() if options.is_open else None,
                Rates(serving.limits.requests_a_second, serving.limits.requests_at_once).take,
                options.is_https,
                lambda reason: serving.metrics.refused.labels(reason).inc(),
            )
            tell_where(options, listener.getsockname()[1], guard.token, tell)
            _Server(_config(guard, serving.limits, context), ended).run([listener])
        finally:
            has_ended = serving.close()
    return has_ended


def tell_where(options: ServeOptions, port: int, token: str | None, tell: Say) -> None:
    """Say where the page is, with a QR code for phones where they can reach it."""
    where = address(options.host, port, is_https=options.is_https, token=token)
    if options.is_open:
        for line in qr_code(where):
            tell(line)
    tell(f"Numcam's page: {where}")
    if options.is_self_signed:
        tell("The browser will warn once, since the certificate is this machine's own: choose Advanced, then go on.")
    tell("Ctrl+C ends it.")


class _Server(uvicorn.Server):
    """uvicorn's server, ended by Numcam's own signal handlers."""

    def __init__(self, config: uvicorn.Config, ended: Callable[[], bool]) -> None:
        super().__init__(config)
        self._ended = ended

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `live/run/interrupts.py`."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Whether to end, asked ten times a second."""
        if counter == 0:  # what breaks with a client's connection is no news
            asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        return self._ended() or await super().on_tick(counter)


def _config(guard: Guard, limits: WebLimits, context: ssl.SSLContext | None) -> uvicorn.Config:
    """uvicorn's configuration: no log, no header that a proxy might have set, no compression of frames."""
    guard.app.state.guard = guard  # type: ignore[attr-defined]
    return uvicorn.Config(
        guard,
        http=protocol_with(limits),
        ws="websockets-sansio",
        ws_max_size=limits.frame_bytes,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        ssl_context_factory=None if context is None else lambda *_: context,
        interface="asgi3",
    )


def _tls(options: ServeOptions) -> ssl.SSLContext | None:
    """The certificate, loaded; None for HTTP. Raises ServeError and OutputError."""
    if not options.is_https:
        return None
    files = own_certificate(options.host) if options.certificate is None else (options.certificate, options.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # a key with a password would ask for it in the terminal
        context.load_cert_chain(files[0], files[1], password=lambda: "")
    except FileNotFoundError as error:
        raise ServeError(f"There is no file {error.filename or files[0]}. Check --cert and --key.") from error
    except OSError as error:  # ssl.SSLError is one
        raise ServeError(
            f"{files[0]} and its key can't be used: give --cert a certificate and --key its key, both as PEM and "
            "without a password."
        ) from error
    return context


@contextmanager
def _listening(options: ServeOptions) -> Iterator[socket.socket]:
    """A socket that listens, closed at the end. Raises ServeError."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        listener = socket.create_server((options.host, options.port), family=family, backlog=256)
    except OSError as error:
        if (error.errno or 0) < 0 or error.errno == errno.EADDRNOTAVAIL:  # a name that can't be resolved is below 0
            raise ServeError(
                f"There is no address {options.host} here. --host 0.0.0.0 listens on all that there are."
            ) from error
        raise ServeError(
            f"Numcam can't listen on {options.host}, port {options.port}: {error.strerror or error}. "
            "Another program may use it: choose one with --port."
        ) from error
    with listener:
        yield listener


def _silence() -> None:
    """Keep uvicorn's and asyncio's logs off the terminal: Numcam says what matters in lines of its own."""
    for name in ("uvicorn", "uvicorn.error", "asyncio", "websockets"):
        log = logging.getLogger(name)
        log.addHandler(logging.NullHandler())
        log.propagate = False
