"""Numbers with signs on their way out of the reader: turned pages, tracks, values by the page, events, outputs for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from live.api.decimal_marks import tracked_with_decimal_mark, with_decimal_mark
from live.api.frame_reader import FrameReader
from live.api.page import Page
from live.commands.read import add_rows, new_table
from live.core.fields import picture_fields, plain_value, tracked_fields
from live.core.page_name import PageName
from live.core.plain_text import printable
from live.core.records import Frame, Number, Reading
from live.core.results import TrackedNumber
from live.core.settings import OutputSettings, Settings
from live.core.values import DecimalSetting
from live.drawing.explain.pages import _enlarged
from live.outputs.clipboard import Clipboard
from live.outputs.event_log import EventLog
from live.outputs.events import EventFinder
from live.reading.orientation import turned_back
from live.run.loop import event_line
from tests.results import event_of, number_at, paper, reading_of, result_of


@dataclass
class Written:
    """A reader that always reads the same numbers."""

    numbers: tuple[Number, ...]

    def read(self, image: NDArray[np.uint8], mark: Callable[[str], None]) -> Reading:
        """What is written, wherever it is."""
        mark("read")
        return replace(reading_of(image, 0), numbers=self.numbers)


def written(*texts: str) -> tuple[Number, ...]:
    """Numbers below one another."""
    return tuple(number_at(text, (20, 20 + 60 * k), confidence=0.99) for k, text in enumerate(texts))


def tracked_from(*numbers: Number, decimal: DecimalSetting = "auto", frames: int = 5) -> tuple[TrackedNumber, ...]:
    """What a stream shows of them after some frames."""
    reader = FrameReader(Written(numbers), Settings(output=OutputSettings(decimal=decimal)))  # type: ignore[arg-type]
    results = [reader.read(Frame(paper(), k, k / 30, "by hand")) for k in range(frames)]
    return results[-1].shown


@pytest.mark.parametrize(
    ("decimal", "values"),
    [("auto", [3000, 3.5, None, 12]), ("comma", [3000, 3.5, None, 12]), ("point", [3, None, None, 12])],
)
def test_the_page_or_a_setting_tells_what_a_number_is_worth(
    decimal: DecimalSetting, values: list[float | None]
) -> None:
    numbers = written("3.000", "3,50", "24/12", "12")
    assert [plain_value(one.value) for one in with_decimal_mark(numbers, decimal)] == values
    assert [plain_value(one.value) for one in tracked_from(*numbers, decimal=decimal)] == values
    assert plain_value(numbers[0].value) is None, "alone it may be three or three thousand"


def test_a_number_in_doubt_or_not_shown_yet_tells_no_mark() -> None:
    numbers = written("3.000", "3,5?")
    assert [one.value for one in with_decimal_mark(numbers, "auto")] == [None, None]
    waits = [TrackedNumber(k, one, 1, 0.0, 0.0, confirmed=k == 0) for k, one in enumerate(written("3.000", "3,50"))]
    assert [plain_value(one.value) for one in tracked_with_decimal_mark(waits, "auto")] == [None, 3.5]


def test_without_signs_nothing_is_made_anew() -> None:
    numbers = written("12", "007")
    marked = with_decimal_mark(numbers, "comma")
    assert all(one is other for one, other in zip(numbers, marked, strict=True))
    assert [plain_value(one.value) for one in marked] == [12, None]


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_signs_turn_with_their_page(turn: int) -> None:
    number = number_at("1.2", (20, 30))
    reading = replace(reading_of(paper((200, 100)), 0), numbers=(number,))
    (back,) = turned_back(reading, turn).numbers
    boxes = [digit.box for digit in back.digits] + [sign.box for sign in back.signs]
    middles = [np.array(box.center) for box in boxes]
    assert back.text == "1.2"
    assert np.abs(middles[0] + middles[1] - 2 * middles[2]).max() <= 1, "the point stands between its digits still"


def test_what_is_explained_is_enlarged_with_its_signs() -> None:
    number = number_at("1.2", (20, 30))
    large = _enlarged(number, 2.0)
    assert large.text == "1.2"
    assert (large.signs[0].box.x, large.signs[0].box.width) == (
        2 * number.signs[0].box.x,
        2 * number.signs[0].box.width,
    )


def test_json_has_text_digits_signs_and_value() -> None:
    (fields,) = picture_fields("by hand", (640, 480), written("-3,50"))["numbers"]
    assert [fields[key] for key in ("shown", "text", "digit_text", "value")] == ["-3,50", "-3,50", "350", -3.5]
    assert [digit["label"] for digit in fields["digits"]] == [3, 5, 0]
    assert [(sign["symbol"], sign["before"]) for sign in fields["signs"]] == [("-", 0), (",", 1)]
    assert json.loads(json.dumps(fields)) == fields
    (tracked,) = tracked_from(*written("50%"))
    told = tracked_fields(tracked)
    assert [told[key] for key in ("shown", "text", "digit_text", "value")] == ["50%", "50%", "50", 0.5]


def test_a_page_of_the_api_has_signs_everywhere() -> None:
    numbers = with_decimal_mark(written("3.000", "12?4", "3,50"), "auto")
    page = Page(paper(), numbers, "by hand")
    assert page.table() == [["3.000"], ["12?4"], ["3,50"]]
    assert [number["value"] for number in page.to_dict()["numbers"]] == [3000, None, 3.5]
    assert "3.000, 12?4, 3,50" in repr(page)


def test_an_event_comes_when_a_sign_is_shown_otherwise_and_not_when_a_guess_changes() -> None:
    finder, said = EventFinder(), []
    for text in ("12!5", "12!5", "12.5", "12.5", "12,5", "125"):
        (event,) = finder.events(result_of(paper(), number_at(text, (20, 20)))) or (None,)
        said.append((event.kind, event.tracked.shown) if event else None)
    assert said == [("appeared", "12?5"), None, ("changed", "12.5"), None, ("changed", "12,5"), ("changed", "125")]


def test_people_are_told_signs() -> None:
    assert event_line(event_of("-3,50"), still=False) == "0:00.5  read -3,50     95 %"
    assert event_line(event_of("24!12"), still=True) == "by hand  read 24?12     95 %"
    copied: list[tuple[str, ...]] = []
    with Clipboard(print, lambda *texts: copied.append(texts)) as board:
        board.add([event_of("1.234,56")])
    assert copied[-1] == ("1.234,56",)
    table = new_table()
    add_rows(table, PageName(Path("page.png")), written("3.-", "50%"))
    assert [printable(cell) for cell in table.columns[1].cells] == ["3.-", "50%"]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_a_log_has_signs_and_values(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"log{suffix}"
    with EventLog(path) as log:
        log.add([event_of("-3,50"), event_of("24/12")])
    lines = path.read_text(encoding="utf-8").splitlines()
    if suffix == ".csv":
        assert [line.rsplit('"', 1)[1] for line in lines[1:]] == [",350,-3.5,,", ",2412,,,"]
        assert '"-3,50"' in lines[1]
    else:
        assert [(row["text"], row["value"]) for row in map(json.loads, lines)] == [("-3,50", -3.5), ("24/12", None)]
