"""Downloads one picture over http(s) within time and size limits; knows no camera and decodes nothing."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

CHUNK_BYTES = 1 << 16
MEGA = 1_000_000
WEB_SCHEMES = ("http", "https")
# These content types are accepted; the generic binary types may also be a picture.
PICTURE_TYPES = ("image/", "application/octet-stream", "binary/octet-stream")
SAID = {
    401: "asks for a user and a password: write them as http://user:password@host/...",
    403: "refuses: check its user and password",
    404: "is not there: check the address",
    **dict.fromkeys((301, 302, 303, 307, 308), "leads round in a circle, or to an address that isn't of the web"),
}


class NoPictureError(Exception):
    """No picture was received. The message is the reason, as text to follow the address."""


class NoAnswerError(NoPictureError):
    """The server does not respond, closed the connection early, or sends another kind of content."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of time and size."""

    answer_s: float
    """Timeout for the response, and for each read, seconds."""
    whole_s: float
    """Timeout for the whole picture, seconds."""
    megabytes: float


class WebPictures:
    """Downloads the picture at an address repeatedly. The user and password are sent only to its own host."""

    def __init__(self, address: str, bounds: Bounds) -> None:
        """address: http or https, with `user:password@` if needed."""
        self._bounds = bounds
        self._address, handlers = _without_user(address)
        # build_opener would also allow redirects to file, FTP and data URLs
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _WebRedirects(),
            *handlers,
        ):
            self._opener.add_handler(handler)
        self._opener.addheaders = [("User-Agent", "numcam"), ("Cache-Control", "no-cache")]

    def fetch(self) -> bytes:
        """Download the current picture. Raises NoPictureError."""
        ends_at = time.monotonic() + self._bounds.whole_s
        try:
            with self._opener.open(self._address, timeout=self._bounds.answer_s) as answer:
                _check_kind(answer)
                return self._taken(answer, ends_at)
        except urllib.error.HTTPError as error:
            error.close()
            raise NoPictureError(SAID.get(error.code, f"answers with the error {error.code}")) from error
        except (OSError, http.client.HTTPException, ValueError) as error:  # refused, interrupted, too slow, or not HTTP
            raise NoAnswerError("does not answer, or broke off") from error

    def _taken(self, answer: Any, ends_at: float) -> bytes:
        """Read the body in chunks, within the limits."""
        most = round(self._bounds.megabytes * MEGA)
        too_large = f"is larger than {self._bounds.megabytes:g} MB (limits.picture_megabytes)"
        if int(answer.headers.get("Content-Length") or 0) > most:
            raise NoPictureError(too_large)
        pieces, size = [], 0
        while piece := answer.read1(CHUNK_BYTES):
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise NoPictureError(too_large)
            if time.monotonic() > ends_at:
                raise NoPictureError(f"did not send its picture within {self._bounds.whole_s:g} s")
        if size < int(answer.headers.get("Content-Length") or 0):
            raise NoAnswerError("broke off")
        return b"".join(pieces)


def _check_kind(answer: Any) -> None:
    """Raise NoPictureError if the content type is not that of a picture."""
    kind = answer.headers.get_content_type() if "Content-Type" in answer.headers else PICTURE_TYPES[1]
    if kind.startswith(PICTURE_TYPES):
        return
    if kind.startswith("text/"):
        raise NoPictureError(f"holds neither a stream nor a picture that can be read ({kind})")
    raise NoAnswerError(f"is no picture ({kind})")  # for example a stream that FFmpeg could not open


def _without_user(address: str) -> tuple[str, list[urllib.request.BaseHandler]]:
    """The address without `user:password@`, and the authentication handlers for that host."""
    parts = urlsplit(address)
    user, at, host = parts.netloc.rpartition("@")
    plain = urlunsplit(parts._replace(netloc=host, fragment=""))
    if not at:
        return plain, []
    name, _, password = user.partition(":")
    known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    known.add_password(None, plain, unquote(name), unquote(password))
    root = urlunsplit((parts.scheme, host, "/", "", ""))
    known.add_password(None, root, unquote(name), unquote(password))
    return plain, [urllib.request.HTTPBasicAuthHandler(known), urllib.request.HTTPDigestAuthHandler(known)]


class _WebRedirects(urllib.request.HTTPRedirectHandler):
    """Follows at most ten redirects, and only to http(s) addresses."""

    def redirect_request(  # noqa: PLR0913 - as urllib calls it
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """The redirected request. Raises NoPictureError."""
        if urlsplit(newurl).scheme.lower() not in WEB_SCHEMES:
            raise NoPictureError(SAID[302])
        return super().redirect_request(req, fp, code, msg, headers, newurl)
