"""Takes an uploaded picture from a request, as a form's field or as the body, within its limits. Decodes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from live.core.plain_text import printable

FIELD = "file"
LONGEST_NAME = 120
"""A longer name of a picture is cut, characters."""
UNNAMED = "picture"


class UploadError(Exception):
    """An upload is refused: a status of HTTP, and one line for its sender."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status = status


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture as it was sent."""

    name: str
    """What its sender calls it, harmless to show; never used as a file's name."""
    content: bytes


async def take_upload(request: Request, most_bytes: int, within_s: float) -> Upload:
    """The picture in a request. most_bytes: of the whole body. within_s: seconds until it is there. Raises UploadError."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > most_bytes:
        raise UploadError(413, too_large(most_bytes))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        async with asyncio.timeout(within_s):
            if kind == "multipart/form-data":
                upload = await _from_form(request, most_bytes)
            else:
                upload = Upload(UNNAMED, b"".join([part async for part in _limited(request, most_bytes)]))
    except TimeoutError:
        raise UploadError(408, f"The picture wasn't there within {within_s:g} s. Send it again.") from None
    if not upload.content:
        raise UploadError(400, f"There is no picture. Send one as the form's field {FIELD}, or as the body.")
    return upload


async def _from_form(request: Request, most_bytes: int) -> Upload:
    """The picture in a form. Raises UploadError."""
    try:
        parser = MultiPartParser(request.headers, _limited(request, most_bytes), max_files=1, max_fields=8)
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise UploadError(400, f"The form can't be read. Send one picture as its field {FIELD}.") from error
    try:
        file = form.get(FIELD)
        if not isinstance(file, UploadFile):
            raise UploadError(400, f"The form has no file in its field {FIELD}.")
        return Upload(name_of(file.filename), await file.read())
    finally:
        await form.close()


async def _limited(request: Request, most_bytes: int) -> AsyncGenerator[bytes, None]:
    """The parts of a body, as they come. Raises UploadError as soon as they are too many bytes."""
    received = 0
    async for part in request.stream():
        received += len(part)
        if received > most_bytes:
            raise UploadError(413, too_large(most_bytes))
        yield part


def name_of(given: str | None) -> str:
    """The last part of a file's name, on one line and without anything that a terminal or a page would interpret."""
    name = printable((given or "").replace("\\", "/").rpartition("/")[2].strip())
    return name[:LONGEST_NAME] or UNNAMED


def too_large(most_bytes: int) -> str:
    """One line for what is above the limit."""
    return f"The picture is larger than {most_bytes / 1e6:g} MB. Send a smaller one."
