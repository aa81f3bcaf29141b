"""The page in a real Chromium whose camera plays the built-in clip: what a person does, also without a server."""

from __future__ import annotations

import base64
import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from models.classifier import load_classifier
from models.mnist_format import stack_mnist
from scripts.pages.drawn_page import DigitShapes
from tests.browser import Served, chromium, served, write_clip
from tests.program import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = ROOT / "docs" / "images" / "tips"
MESSAGES = ROOT / "live" / "web" / "page" / "messages"
PATIENCE_MS = 100_000
"""A browser on a busy machine may need a minute for what takes it a second; nothing here is a matter of speed."""
SEVEN = [(0.05, 0.05), (0.3, 0.04), (0.55, 0.05), (0.4, 0.45), (0.25, 1)]
TWO = [(0.05, 0.25), (0.12, 0.08), (0.3, 0), (0.48, 0.1), (0.5, 0.28), (0.35, 0.55), (0.02, 1), (0.3, 0.96), (0.6, 1)]
FOUR = [(0.35, 0), (0.15, 0.35), (0.02, 0.62), (0.3, 0.62), (0.62, 0.6)], [(0.45, 0.25), (0.42, 0.6), (0.4, 1)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests of the page that leave it running."""
    with served(tmp_path_factory.mktemp("page")) as running:
        yield running
        assert [line for line in running.lines if "Traceback" in line or "failed inside" in line] == []


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser, whose camera plays the clip."""
    with chromium(clip=write_clip(tmp_path_factory.mktemp("clip") / "clip.mjpeg")) as running:
        yield running


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """The page in a window of its own; fails for errors in it, and for requests to anybody else."""
    wrong: list[str] = []
    context = browser.new_context(**{"locale": "en-US", "permissions": ["camera"], **options})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("request", lambda asked: None if asked.url.startswith((address, "blob:")) else wrong.append(asked.url))
    page.goto(address)
    page.wait_for_selector("#state[data-is=ready]", state="attached")
    yield page
    assert wrong == []
    context.close()


def until(page: Page, expression: str) -> None:
    """Wait until an expression is true in the page; Playwright's own way to wait is what the page's policy forbids."""
    for _ in range(600):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)


def draw(page: Page, strokes: list[list[tuple[float, float]]], left: float) -> None:
    """Draw with the mouse, in units of a digit's height."""
    box = page.locator("#pad").bounding_box()
    assert box is not None
    unit = min(box["height"] * 0.5, box["width"] * 0.22)
    for stroke in strokes:
        places = [(box["x"] + (0.3 + left + x) * unit, box["y"] + (0.4 + y) * unit) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=5)
        page.mouse.up()


def test_the_camera_shows_numbers_over_the_video_and_in_the_list(browser: Browser, server: Served) -> None:
    with opened(browser, server.address) as page:
        page.click("#camera-start")
        # which of the clip's eight numbers comes first depends on the frames that are read
        listed = "[...document.querySelectorAll('#found b')].map((told) => told.textContent)"
        until(page, f"['31415', '407'].every((number) => {listed}.includes(number)) && {listed}.length >= 6")
        assert "31415" in page.locator("#spoken").inner_text() or page.locator("#found li").count() > 5
        page.wait_for_selector("#overlay[aria-label*='with the numbers']", state="attached")
        until(page, "document.querySelector('#camera-figures').textContent.includes('ms')")
        drawn = page.evaluate(
            "() => { const c = document.querySelector('#overlay');"
            "return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((value) => value > 0) }"
        )
        assert drawn
        with page.expect_download() as snapshot:
            page.click("#camera-snapshot")
        assert Path(snapshot.value.path()).read_bytes().startswith(b"\x89PNG")
        page.click("#camera-record")
        page.wait_for_timeout(1500)
        with page.expect_download() as recording:
            page.click("#camera-record")
        assert Path(recording.value.path()).stat().st_size > 1000
        with page.expect_download() as table:
            page.click("#found-csv")
        assert "31415" in Path(table.value.path()).read_text(encoding="utf-8-sig")
        with page.expect_download() as book:
            page.click("#found-xlsx")
        assert Path(book.value.path()).read_bytes().startswith(b"PK")
        page.click("#camera-freeze")
        page.click("#camera-stop")
        assert page.is_visible("#camera-start")


def test_a_refused_camera_says_what_to_do(browser: Browser, server: Served) -> None:
    with opened(browser, server.address, permissions=[]) as page:
        page.click("#camera-start")
        page.wait_for_selector("#camera-trouble:visible")
        assert "icon to the left of the address" in page.inner_text("#camera-trouble")


def test_a_four_and_a_27_are_drawn_and_read(browser: Browser, server: Served) -> None:
    with opened(browser, server.address) as page:
        page.click("#tab-draw")
        draw(page, [*FOUR], 0)
        until(page, "document.querySelector('#pad-answer').textContent === '4'")
        page.keyboard.press("Tab")
        page.locator("#pad").focus()
        page.keyboard.press("Escape")
        draw(page, [TWO, SEVEN], 0)
        assert page.locator("#pad-digits > li").count() == 1  # a seven over a two is no number
        page.click("#pad-undo")
        draw(page, [SEVEN], 1)
        until(page, "document.querySelector('#pad-answer').textContent === '27'")
        until(page, "document.querySelector('#pad-by').textContent.includes('server')")
        assert page.locator("#pad-digits .label").all_inner_texts() == ["2", "7"]
        assert page.locator("#pad-digits .bars li").count() == 20


def test_pictures_are_read_edited_and_saved(browser: Browser, server: Served, tmp_path: Path) -> None:
    (tmp_path / "<img src=x onerror=alert(1)>.txt").write_text("no picture")
    with opened(browser, server.address) as page:
        page.click("#tab-pictures")
        files = [PICTURES / "good.jpg", ROOT / "docs" / "images" / "window.jpg", next(tmp_path.iterdir())]
        page.set_input_files("#pictures-file", files)
        page.wait_for_selector("#pictures-progress", state="hidden")
        assert page.locator("#thumbs li").count() == 3
        assert "no picture" in page.locator("#thumbs li.bad").inner_text()
        assert page.locator("#thumbs img").count() == 0  # a name is text
        first = page.locator("#table input").first
        first.fill("=cmd")
        with page.expect_download() as table:
            page.click("#seen-csv")
        text = Path(table.value.path()).read_text(encoding="utf-8-sig")
        assert "good.jpg,'=cmd," in text
        with page.expect_download() as record:
            page.click("#seen-json")
        assert json.loads(Path(record.value.path()).read_text())["source"] == "good.jpg"
        page.click("#seen-explain")
        page.wait_for_selector("#stages[open]")
        assert page.locator("#stage-names button").count() == 6
        page.keyboard.press("Escape")
        assert not page.is_visible("#stages")


def test_a_dropped_picture_is_read(browser: Browser, server: Served) -> None:
    content = base64.b64encode((PICTURES / "good.jpg").read_bytes()).decode()
    with opened(browser, server.address) as page:
        page.click("#tab-pictures")
        page.evaluate(
            """async (content) => {
                const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
                const held = new DataTransfer();
                held.items.add(new File([bytes], "dropped.jpg", { type: "image/jpeg" }));
                const event = { dataTransfer: held, bubbles: true, cancelable: true };
                document.querySelector("#drop").dispatchEvent(new DragEvent("drop", event));
            }""",
            content,
        )
        page.wait_for_selector("#table input")
        assert page.inner_text("#seen-name") == "dropped.jpg"


def test_the_keyboard_alone_is_enough(browser: Browser, server: Served) -> None:
    with opened(browser, server.address) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.locator("#tab-camera").focus()
        page.keyboard.press("ArrowRight")
        assert page.is_visible("#draw")
        page.keyboard.press("End")
        assert page.is_visible("#pictures")
        assert page.evaluate("document.activeElement.id") == "tab-pictures"
        page.keyboard.press("Home")
        page.keyboard.press("Tab")  # out of the tabs at once
        assert page.evaluate("document.activeElement.id") == "language"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser: Browser, server: Served, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = {}
    with opened(browser, server.address, color_scheme=scheme) as page:
        for panel in ("camera", "draw", "pictures"):
            page.click(f"#tab-{panel}")
            if panel == "pictures":
                page.set_input_files("#pictures-file", [PICTURES / "good.jpg"])
                page.wait_for_selector("#table input")
            if panel == "draw":
                draw(page, [SEVEN], 0)
                page.wait_for_selector("#pad-digits li")
            found[panel] = [one["id"] + str(one["nodes"][0]["target"]) for one in axe.run(page).response["violations"]]
        page.goto(f"{server.address}api.html")
        page.wait_for_selector("section")
        found["api"] = [one["id"] + str(one["nodes"][0]["target"]) for one in axe.run(page).response["violations"]]
    assert found == {"camera": [], "draw": [], "pictures": [], "api": []}


def test_every_language_has_every_text() -> None:
    english = json.loads((MESSAGES / "en.json").read_text(encoding="utf-8"))
    assert sorted(path.stem for path in MESSAGES.iterdir()) == ["de", "en", "es", "fr", "pt", "zh"]
    for path in MESSAGES.iterdir():
        texts = json.loads(path.read_text(encoding="utf-8"))
        assert list(texts) == list(english), path.name
        for name, text in texts.items():
            assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", english[name])), (path, name)
    used = "".join(path.read_text(encoding="utf-8") for path in MESSAGES.parent.glob("*.[jh]*"))
    named = set(re.findall(r"""(?:data-t(?:-label)?="|\bt\(")([a-z_.]+)""", used))
    assert named <= set(english)


@pytest.mark.parametrize(("locale", "start"), [("de-DE", "Kamera starten"), ("zh-CN", "打开摄像头")])
def test_the_page_speaks_the_browsers_language(browser: Browser, server: Served, locale: str, start: str) -> None:
    with opened(browser, server.address, locale=locale) as page:
        assert page.inner_text("#camera-start").strip() == start
        page.select_option("#language", "en")
        until(page, "document.querySelector('#camera-start').innerText.includes('Start')")


def test_a_phones_width_needs_no_scrolling_sideways(browser: Browser, server: Served) -> None:
    with opened(browser, server.address, viewport={"width": 360, "height": 740}) as page:
        for panel in ("camera", "draw", "pictures"):
            page.click(f"#tab-{panel}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_network_in_the_page_answers_as_the_reader_on_a_thousand_digits(
    browser: Browser, server: Served, digit_shapes: DigitShapes
) -> None:
    rng = np.random.default_rng(1)
    inks = []
    for index in rng.choice(len(digit_shapes.images), 1000, replace=False):
        rows, columns = np.nonzero(digit_shapes.images[index])
        ink = digit_shapes.images[index][rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        scale = rng.uniform(0.5, 6)
        size = max(1, round(ink.shape[1] * scale * rng.uniform(0.8, 1.25))), max(1, round(ink.shape[0] * scale))
        inks.append(np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_LINEAR), np.uint8))
    expected = load_classifier()(stack_mnist(inks))
    given = [[base64.b64encode(ink.tobytes()).decode(), ink.shape[1], ink.shape[0]] for ink in inks]
    with opened(browser, server.address) as page:
        answers = page.evaluate(
            """async (inks) => {
                const { Network } = await import("./network.js");
                const { toField } = await import("./ink.js");
                const network = new Network(new Uint8Array(await (await fetch("digits.onnx")).arrayBuffer()));
                return inks.map(([ink, width, height]) => {
                    const bytes = Uint8Array.from(atob(ink), (letter) => letter.charCodeAt(0));
                    return Array.from(network.run(toField(bytes, width, height)));
                });
            }""",
            given,
        )
    assert np.abs(np.array(answers) - expected).max() < 1e-3


def test_it_goes_on_without_the_server_and_comes_back(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as server:
        address, port = server.address, server.place[1]
        context = browser.new_context(locale="en-US", permissions=["camera"])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        page.evaluate("navigator.serviceWorker.ready")
        page.click("#camera-start")
        page.wait_for_selector("#found li")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 130
    until(page, "document.querySelector('#camera-hint').textContent.includes('server is away')")
    page.reload()  # the page opens without its server
    page.wait_for_selector("#state[data-is=lost]")
    page.click("#tab-draw")
    draw(page, [SEVEN], 0)
    until(page, "document.querySelector('#pad-answer').textContent === '7'")
    page.click("#tab-camera")
    page.click("#camera-start")
    with served(tmp_path, "--port", str(port)):
        page.wait_for_selector("#state[data-is=ready]")
        page.wait_for_selector("#found li")
    context.close()
