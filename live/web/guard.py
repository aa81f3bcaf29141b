"""Lets a request in or refuses it, by its Host, Origin, token and rate, and adds the security headers. Knows no route's work.

A page of another site can send requests to a server on this machine, and with DNS rebinding even read the answers. Host and
Origin are therefore checked on every request. Beyond this machine a token is needed for all but the page's own files.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import secrets
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "numcam_session"
SESSION = "/api/session"
"""The one address of the API that needs no token: it takes one, and gives a cookie for it."""
NEEDS_TOKEN = ("/api/", "/metrics", "/openapi.json")
TOKEN_BYTES = 18
"""144 bits, as 24 characters: nobody guesses it, and it fits a QR code that a phone reads across a room."""
HEADERS = {
    # 'self' covers the WebSocket too; no script, style, font or picture of another host, and nothing inline
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' blob:; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(TOKEN_BYTES)


@dataclass(slots=True, eq=False)
class Guard:
    """Who may ask: the middleware around the application."""

    app: App
    names: frozenset[str]
    """The names by which this machine may be addressed, in lower case; addresses in digits always may."""
    token: str | None
    """None where only this machine reaches the server."""
    allows: Callable[[str], bool]
    """Whether this client may ask once more now."""
    is_https: bool = False
    on_refusal: Callable[[str], None] = lambda _: None
    """Called with the reason, in a word."""
    _session: str = field(default_factory=new_token)
    """The value of the cookie; the token itself isn't kept by a browser."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        with_headers = self._adding_headers(scope, send)
        refused = self._refusal(scope)
        if refused is not None:
            self.on_refusal(refused[1])
            await refuse(scope, with_headers, refused)
        else:
            await self.app(scope, receive, with_headers)

    def is_token(self, given: str) -> bool:
        """Whether a text is the token, compared in constant time."""
        return self.token is None or hmac.compare_digest(given.encode(), self.token.encode())

    @property
    def cookie(self) -> str:
        """The Set-Cookie header for a browser that has shown the token."""
        secure = "; Secure" if self.is_https else ""
        return f"{COOKIE}={self._session}; Path=/; HttpOnly; SameSite=Strict{secure}"

    def _refusal(self, scope: Scope) -> tuple[int, str, str] | None:
        """Status, reason in a word, and one line; None where the request is let in."""
        headers = headers_of(scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self.allows(client_of(scope)):
            return 429, "rate", "Too many requests. Wait a moment, and ask less often."
        if not self._is_ours(host):
            return 421, "host", "This server isn't known by that name. Open the address that it printed at its start."
        if origin is not None and origin != f"{'https' if self.is_https else 'http'}://{host}":
            return 403, "origin", "Another site's page may not use this server."
        if scope["path"].startswith(NEEDS_TOKEN) and scope["path"] != SESSION and not self._is_known(headers):
            return 401, "token", "A token is needed: open the address that the server printed at its start."
        return None

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names this machine: a name that it is known by, or any address in digits."""
        name = name_in(host)
        if name is None:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in self.names
        return True

    def _is_known(self, headers: dict[str, str]) -> bool:
        """Whether a request shows the token, or the cookie that was given for it."""
        if self.token is None:
            return True
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self.is_token(given.strip()):
            return True
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and hmac.compare_digest(cookie.value.encode(), self._session.encode())

    def _adding_headers(self, scope: Scope, send: Send) -> Send:
        """`send` with the security headers added to the answer; what the API answers is never kept."""
        added = dict(HEADERS)
        if scope["path"].startswith(NEEDS_TOKEN):
            added["cache-control"] = "no-store"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message.get("headers", ())}
                message["headers"] = [
                    *message.get("headers", ()),
                    *((k.encode(), v.encode()) for k, v in added.items() if k.encode() not in present),
                ]
            elif message["type"] == "http.response.trailers":
                return
            await send(message)

        if scope["type"] == "websocket":
            return send
        return send_with_headers


async def refuse(scope: Scope, send: Send, refused: tuple[int, str, str]) -> None:
    """Answer with a status and one line, before anything of the request's body is read."""
    status, _, line = refused
    body = json.dumps({"error": line}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if scope["type"] == "http":
        headers.append((b"connection", b"close"))  # an upload that isn't read ends here
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by their name in lower case. Of a Host, Origin or Authorization given twice, nothing is left."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        if key in ("host", "origin", "authorization") and key in found:
            found[key] = ""
        else:
            found[key] = value.decode("latin-1")
    return found


def name_in(host: str) -> str | None:
    """The name or address in a Host header, in lower case and without its port; None where it is none."""
    if host.startswith("["):
        name, bracket, rest = host[1:].partition("]")
        return name.partition("%")[0] if bracket and (not rest or rest[0] == ":") else None
    name, _, port = host.rpartition(":") if ":" in host else (host, "", "")
    return name.lower().rstrip(".") if name and (not port or port.isdecimal()) else None


def client_of(scope: Scope) -> str:
    """The network address of a client, without its port."""
    return str(scope["client"][0]) if scope.get("client") else "unknown"


def names_of_this_machine(hosts: Iterable[str] = ()) -> frozenset[str]:
    """The names by which a server on this machine may be addressed. hosts: those that the user named."""
    own = socket.gethostname().lower()
    return frozenset({"localhost", own, f"{own.partition('.')[0]}.local", *(host.lower() for host in hosts)})
