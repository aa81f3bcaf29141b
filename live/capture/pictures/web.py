"""One picture from an http(s) address: bounded in time and size, by the standard library. Knows no camera and decodes nothing."""

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
# what a server says of a picture; one that says nothing of use may still send one
PICTURE_TYPES = ("image/", "application/octet-stream", "binary/octet-stream")
SAID = {
    401: "asks for a user and a password: write them as http://user:password@host/...",
    403: "refuses: check its user and password",
    404: "is not there: check the address",
    **dict.fromkeys((301, 302, 303, 307, 308), "leads round in a circle, or to an address that isn't of the web"),
}


class NoPictureError(Exception):
    """No picture came, and why: the rest of a sentence that begins with the address."""


class NoAnswerError(NoPictureError):
    """Nothing answers there, or it broke off."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long to wait, and how much to take."""

    answer_s: float
    """Seconds in which the server must answer, and until which it may send nothing."""
    whole_s: float
    """Seconds in which the whole picture must be there."""
    megabytes: float


class WebPictures:
    """Asks an address for its picture, again and again. Its user and password go to its own host alone."""

    def __init__(self, address: str, bounds: Bounds) -> None:
        """address: http or https, with `user:password@` where they are needed."""
        self._bounds = bounds
        self._address, handlers = _without_user(address)
        # not build_opener: it would also open files, FTP and data addresses, to which a server could lead
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
        """The bytes of the picture as it is now. Raises NoPictureError."""
        ends_at = time.monotonic() + self._bounds.whole_s
        try:
            with self._opener.open(self._address, timeout=self._bounds.answer_s) as answer:
                _check_kind(answer)
                return self._taken(answer, ends_at)
        except urllib.error.HTTPError as error:
            error.close()
            raise NoPictureError(SAID.get(error.code, f"answers with the error {error.code}")) from error
        except (OSError, http.client.HTTPException, ValueError) as error:  # refused, cut, slow, or no HTTP at all
            raise NoAnswerError("does not answer, or broke off") from error

    def _taken(self, answer: Any, ends_at: float) -> bytes:
        """The body, piece by piece, within the bounds."""
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
    """Raises NoPictureError where the server says that it sends something else."""
    kind = answer.headers.get_content_type() if "Content-Type" in answer.headers else PICTURE_TYPES[1]
    if kind.startswith(PICTURE_TYPES):
        return
    if kind.startswith("text/"):
        raise NoPictureError(f"holds neither a stream nor a picture that can be read ({kind})")
    raise NoAnswerError(f"is no picture ({kind})")  # a stream, of which FFmpeg could make nothing


def _without_user(address: str) -> tuple[str, list[urllib.request.BaseHandler]]:
    """The address without `user:password@`, and what answers a server of that host that asks for them."""
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
    """Follows a server to other web addresses, ten at most, and nowhere else."""

    def redirect_request(  # noqa: PLR0913 - as urllib calls it
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """The request to the new address. Raises NoPictureError."""
        if urlsplit(newurl).scheme.lower() not in WEB_SCHEMES:
            raise NoPictureError(SAID[302])
        return super().redirect_request(req, fp, code, msg, headers, newurl)
