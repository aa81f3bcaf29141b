"""Say which digit each picture shows, and how sure the network is of it. Knows one digit a picture, no page and no camera.

python -m scripts.predict seven.jpg scans/ --save seen.png

Whole pages of numbers: python -m live read FILE
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live.api.model_trial import load_tried
from live.capture.pictures.pages import read_picture
from live.commands.picture_list import Told, find_pictures
from live.core.command_hints import program, typed
from live.core.errors import DisplayError, NumcamError, OutputError, SourceError
from live.core.settings import Settings
from live.core.terminal import say, tell
from live.outputs.picture_file import write_picture
from live.reading.reader import PageReader
from models.classifier import load_classifier
from models.errors import ModelError
from scripts.command_line import run_script, script_parser
from scripts.evaluation.answers import Answer, show_text
from scripts.evaluation.montage import PER_SCREEN, Card, draw_montage
from scripts.evaluation.single_digit import NoDigitError, find_digit

DONE, FAILED, INTERRUPTED = 0, 1, 130
MONTAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
MOST_CARDS = 200
A_PAGE, PERHAPS_A_PAGE = 4, 2  # so many digits are a page, the lesser number where the one digit is not believed
BELIEVED = 0.6
PAGE_SIDE_PX = 1600
KEY_WAIT_MS = 50


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = script_parser("scripts.predict", __doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|FOLDER", help="pictures of one digit each")
    parser.add_argument("--model", type=Path, help="a model file (default: the one that comes with Numcam)")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print a line of JSON a picture")
    parser.add_argument(
        "--save", type=Path, metavar="MONTAGE.png", help="write the pictures, and what was seen in them"
    )
    parser.add_argument("--show", action="store_true", help="show the same in a window: space turns the page, q quits")
    return parser.parse_args(arguments)


class Reader:
    """Reads one digit a picture."""

    def __init__(self, model: Path | None) -> None:
        """model: a model file; None is the one that comes with Numcam. Raises ModelError."""
        self._classifier = load_tried(model)
        # whether there is a whole page is asked of the shipped model: one without "not a digit" sees digits everywhere
        self._pages = PageReader(load_classifier(), Settings())

    def read(self, path: Path) -> Answer:
        """What the network says of one picture. Raises SourceError where it can't be read or shows no single digit."""
        image = read_picture(path)
        try:
            digit = find_digit(image)
        except NoDigitError as error:
            if self._digits_on(image) >= PERHAPS_A_PAGE:
                raise several(path) from None
            raise SourceError(f"{path}: {error}. Take the picture nearer, or in better light.") from None
        answer = Answer(path, image, digit, self._classifier(digit.field[None, ..., None])[0])
        believed = answer.label is not None and answer.confidence >= BELIEVED
        if self._digits_on(image) >= (A_PAGE if believed else PERHAPS_A_PAGE):
            raise several(path)
        return answer

    def _digits_on(self, image: NDArray[np.uint8]) -> int:
        """How many digits there are for the reader of pages."""
        longer = max(image.shape[:2])
        if longer > PAGE_SIDE_PX:
            scale = PAGE_SIDE_PX / longer
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return sum(len(number.digits) for number in self._pages.read(image).numbers)


def several(path: Path) -> SourceError:
    """What to do with a picture of more than one digit."""
    return SourceError(f"{path} shows several digits. To read whole numbers: {program()} read {typed(path)}")


def predict(options: argparse.Namespace) -> int:
    """Answer for all pictures; returns the exit code. Raises NumcamError and ModelError."""
    if options.save is not None and options.save.suffix.lower() not in MONTAGE_SUFFIXES:
        better = options.save.with_suffix(".png")
        raise OutputError(f"{options.save} can't be written: name a picture, such as {better}.")
    if options.show:
        check_display()
    answers, failures = read_all(options.paths, Reader(options.model), as_json=options.as_json)
    if answers and not options.as_json:
        show_text(answers)
    if answers and options.save is not None:
        save_montage(options.save, answers)
    if answers and options.show:
        show_window(answers)
    return FAILED if failures else DONE


def read_all(paths: Sequence[Path], reader: Reader, *, as_json: bool) -> tuple[list[Answer], int]:
    """The answers, and how many pictures had none; each of those is told in a line, and each answer as JSON if wanted."""
    answers: list[Answer] = []
    failures = 0
    for item in find_pictures(list(map(str, paths))):
        if isinstance(item, Told):
            failures += item.is_failure
            say(item.text)
            continue
        try:
            answers.append(reader.read(item))
        except SourceError as error:
            failures += 1
            say(error)
            continue
        if as_json:
            tell(json.dumps(answers[-1].fields()))
    return answers, failures


def cards(answers: Sequence[Answer]) -> list[Card]:
    """The answers as cards of a montage."""
    return [
        Card(one.path.name, one.image, one.digit.box, one.digit.field, one.probabilities, one.text) for one in answers
    ]


def save_montage(path: Path, answers: Sequence[Answer]) -> None:
    """Write the montage; an earlier file of that name is kept beside it. Raises OutputError."""
    write_picture(path, draw_montage(cards(answers[:MOST_CARDS])))
    shown = f" (the first {MOST_CARDS} of {len(answers)} pictures)" if len(answers) > MOST_CARDS else ""
    say(f"Written: {path}{shown}")


def check_display() -> None:
    """Raise DisplayError where no window can be opened: OpenCV would end the process."""
    from live.window.display_check import why_no_display

    reason = why_no_display()
    if reason is not None:
        raise DisplayError(f"No window can be opened here: {reason}. Leave --show out, or write --save seen.png.")


def show_window(answers: Sequence[Answer]) -> None:
    """Show the montage in pages, until the user quits."""
    from live.core.keys import Key
    from live.window.window import Window

    all_cards = cards(answers)
    pages = [all_cards[start : start + PER_SCREEN] for start in range(0, len(all_cards), PER_SCREEN)]
    page = 0
    with Window("Numcam: what the network saw") as window:
        picture = draw_montage(pages[page])
        while True:
            window.show(picture)
            key = window.poll_key(KEY_WAIT_MS)
            if key is Key.QUIT:
                return
            if key is Key.PAUSE and len(pages) > 1:
                page = (page + 1) % len(pages)
                picture = draw_montage(pages[page])
                window.fit_again()


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer for pictures; returns the exit code."""
    try:
        return predict(parse(arguments))
    except (NumcamError, ModelError) as error:
        say(error)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    run_script(main)
