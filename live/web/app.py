"""The addresses of the server, and what each answers. Decides nothing about who may ask, and reads no picture itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, FastAPI, Query, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from live import __version__
from live.core.errors import NumcamError
from live.core.terminal import say
from live.outputs.picture_file import encode_picture
from live.web.api_descriptions import ERRORS, PICTURE_BODY, READ_ANSWER, SUMMARY, TABLE_BODY
from live.web.guard import SESSION, Guard, client_of
from live.web.limits import Rate
from live.web.live_connection import LiveConnection
from live.web.page_files import PageFile
from live.web.reading_queue import BusyError
from live.web.serving import Serving
from live.web.tables import TableError, table_of_texts
from live.web.uploads import Upload, UploadError, take_upload

Result = TypeVar("Result")
Page = Annotated[int, Query(ge=1, le=100_000, description="Which page of a file with several, from 1.")]
TRY_AGAIN_LATER = 1013
"""Of the registry of WebSocket close codes (IANA)."""
LARGEST_TABLE = 2_000_000
"""A table that is sent to be written as a workbook, bytes: about 50,000 numbers."""

router = APIRouter()


def serving_of(asked: Request | WebSocket) -> Serving:
    """The server's parts."""
    serving: Serving = asked.app.state.serving
    return serving


@router.post("/api/read", responses=READ_ANSWER | ERRORS, openapi_extra=PICTURE_BODY, tags=["pictures"])
async def read(request: Request, page: Page = 1) -> Response:
    """Read the numbers on one picture: the JSON of `numcam read --json`, by docs/schema/page.json."""
    upload = await _upload(request)
    found = await _in_turn(request, partial(serving_of(request).read, upload.content, upload.name, page))
    return JSONResponse(found.to_dict())


@router.post("/api/explain", responses=ERRORS, openapi_extra=PICTURE_BODY, tags=["pictures"])
async def explain(request: Request, page: Page = 1) -> Response:
    """What each stage of the reader saw: six pictures as JPEG in base64, in their order."""
    upload = await _upload(request)
    return JSONResponse({"stages": await _in_turn(request, partial(_stages, serving_of(request), upload, page))})


@router.post("/api/table", responses=ERRORS, openapi_extra=TABLE_BODY, tags=["pictures"])
async def table(request: Request) -> Response:
    """Write texts in rows and columns as an XLSX workbook, a sheet for each picture."""
    upload = await take_upload(request, LARGEST_TABLE, serving_of(request).limits.upload_s)
    try:
        content = await _in_turn(request, partial(table_of_texts, upload.content))
    except TableError as error:
        raise UploadError(422, str(error)) from error
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(content, media_type=kind, headers={"content-disposition": 'attachment; filename="numbers.xlsx"'})


@router.get("/api/health", responses=ERRORS, tags=["server"])
async def health(request: Request) -> dict[str, Any]:
    """Whether the server is ready, with its version, its networks and what is open."""
    return serving_of(request).health()


@router.get("/api/model", responses=ERRORS, tags=["server"])
async def model(request: Request) -> dict[str, Any]:
    """The digit network: its classes, and the card of Numcam's own."""
    return serving_of(request).model()


@router.get("/metrics", responses=ERRORS, tags=["server"])
async def metrics(request: Request) -> Response:
    """The server's figures, for Prometheus."""
    figures = serving_of(request).metrics
    return Response(figures.text(), media_type=figures.content_type)


@router.post(SESSION, responses=ERRORS, tags=["server"])
async def session(request: Request) -> Response:
    """Take the token as the body, as plain text, and give a cookie for it; the page does this once."""
    guard: Guard = request.app.state.guard
    given = (await take_upload(request, 200, serving_of(request).limits.header_s)).content
    if not guard.is_token(given.decode("utf-8", "replace").strip()):
        raise UploadError(401, "That is not the token. Open the address that the server printed at its start.")
    return Response(status_code=204, headers={"set-cookie": guard.cookie})


@router.websocket("/api/live")
async def live(socket: WebSocket) -> None:
    """Frames in as binary messages, the numbers of each as JSON out, by docs/schema/live.json."""
    serving, client = serving_of(socket), client_of(socket.scope)
    with serving.live.place(client) as is_in:
        await socket.accept()
        if not is_in:
            await socket.close(TRY_AGAIN_LATER, "Too many cameras are connected. Close one, or try again later.")
            return
        limits, metrics = serving.limits, serving.metrics

        def count(delay_s: float, was_read: bool, dropped: int) -> None:
            (metrics.readings if was_read else metrics.failures).labels("frame").inc()
            metrics.seconds.labels("frame").observe(delay_s)
            metrics.dropped.inc(dropped)

        rate = Rate(limits.frames_a_second, limits.frames_at_once)
        reading = serving.new_live_reading()
        fault = await LiveConnection(socket, serving.queue, reading.read, rate, limits.frame_bytes, count).serve()
    if fault is not None:
        tell_fault(fault)


async def _upload(request: Request) -> Upload:
    """The picture that was sent. Raises UploadError."""
    limits = serving_of(request).limits
    return await take_upload(request, limits.upload_bytes, limits.upload_s)


async def _in_turn(request: Request, work: Callable[[], Result]) -> Result:
    """Do something in the client's turn, counted. Raises what it raises, and UploadError if too much waits."""
    serving = serving_of(request)
    metrics = serving.metrics
    try:
        with metrics.seconds.labels("picture").time():
            result = await serving.queue.run(serving.turn_of(client_of(request.scope)), work)
    except BusyError:
        raise UploadError(429, "Several pictures of yours are waiting already. Send the next one after them.") from None
    except NumcamError:
        metrics.failures.labels("picture").inc()
        raise
    metrics.readings.labels("picture").inc()
    return result


def _stages(serving: Serving, upload: Upload, number: int) -> list[dict[str, str]]:
    """The pictures of `Page.explain`, each with its name. Raises NumcamError."""
    found = serving.read(upload.content, upload.name, number, keep_trace=True)
    return [
        {"name": name, "jpeg": base64.b64encode(encode_picture(".jpg", picture)).decode()}
        for name, picture in found.explain().items()
    ]


def make_app(serving: Serving, files: Mapping[str, PageFile]) -> FastAPI:
    """The application, without its guard. files: the page's own, by address."""
    app = FastAPI(
        title="Numcam", version=__version__, description=SUMMARY, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    app.state.serving = serving
    app.include_router(router)
    app.add_exception_handler(UploadError, _tell_upload)
    app.add_exception_handler(NumcamError, lambda _, error: _told(422, str(error)))
    app.add_exception_handler(RequestValidationError, lambda _, error: _told(422, _problem(error)))
    app.add_exception_handler(HTTPException, _tell_http)
    app.add_exception_handler(Exception, _tell_fault)

    @app.api_route("/{name:path}", methods=["GET", "HEAD"], include_in_schema=False)
    async def page_file(request: Request, name: str) -> Response:  # noqa: ARG001 - FastAPI asks for it
        """One file of the page."""
        file = files.get(request.url.path)
        return _told(404, "There is nothing at this address.") if file is None else _sent(request, file)

    return app


def _sent(request: Request, file: PageFile) -> Response:
    """A file, or 304 where the browser has it. It is asked for again each time, so that a new version is seen at once."""
    headers = {"etag": file.etag, "cache-control": "no-cache", "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    takes_gzip = file.compressed is not None and "gzip" in request.headers.get("accept-encoding", "")
    content = file.compressed if takes_gzip and file.compressed is not None else file.content
    if takes_gzip:
        headers["content-encoding"] = "gzip"
    return Response(content, media_type=file.kind, headers=headers)


def _told(status: int, line: str) -> Response:
    """One line as the answer."""
    return Response(json.dumps({"error": line}), status, media_type="application/json")


def _tell_upload(_: Request, error: Exception) -> Response:
    """What is wrong with an upload. The connection ends, since the rest of the body isn't read."""
    assert isinstance(error, UploadError)
    answer = _told(error.status, str(error))
    if error.status in (408, 413):
        answer.headers["connection"] = "close"
    return answer


def _tell_http(_: Request, error: Exception) -> Response:
    """An address or a method that isn't there."""
    assert isinstance(error, HTTPException)
    answer = _told(error.status_code, f"{error.detail}.")
    answer.headers.update(error.headers or {})
    return answer


def _tell_fault(_: Request, error: Exception) -> Response:
    """A fault of Numcam's own: one line for the operator, nothing about it for the client."""
    tell_fault(error)
    return _told(500, "Something went wrong inside Numcam. The terminal in which it runs says what.")


def tell_fault(error: Exception) -> None:
    """One line for the operator about a fault of Numcam's own."""
    say(f"A request failed inside Numcam ({type(error).__name__}: {error}). Please report this.")


def _problem(error: RequestValidationError) -> str:
    """The first thing that is wrong with a request's parameters, in one line."""
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}."
