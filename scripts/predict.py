"""Classify pictures of single digits, and print each digit with its confidence. Knows no page and no camera.

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
from live.api.networks import open_reader
from live.capture.frame_source import Remark
from live.capture.pictures.pages import read_picture
from live.commands.picture_list import find_pictures
from live.core.command_hints import program, shell_path
from live.core.errors import DisplayError, NumcamError, OutputError, SourceError
from live.core.settings import Settings
from live.core.terminal import say, tell
from live.outputs.picture_file import write_picture
from models.classifier import load_classifier
from models.errors import ModelError
from scripts.command_line import run_script, script_parser
from scripts.evaluation.answers import Answer, show_text
from scripts.evaluation.montage import PER_SCREEN, Card, draw_montage
from scripts.evaluation.single_digit import NoDigitError, find_digit

DONE, FAILED, INTERRUPTED = 0, 1, 130
MONTAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
MOST_CARDS = 200
PAGE_DIGITS, DOUBTFUL_PAGE_DIGITS = (
    4,
    2,
)  # so many digits are a page, the lesser number where the one digit is not believed
MIN_CONFIDENCE = 0.6
PAGE_SIDE_PX = 1600
KEY_WAIT_MS = 50


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = script_parser("scripts.predict", __doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|FOLDER", help="pictures of one digit each")
    parser.add_argument("--model", type=Path, help="a model file (default: the one that comes with Numcam)")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print one line of JSON per picture")
    parser.add_argument(
        "--save", type=Path, metavar="MONTAGE.png", help="write the pictures with the answers as one montage"
    )
    parser.add_argument(
        "--show", action="store_true", help="show the montage in a window: space shows the next page, q quits"
    )
    return parser.parse_args(arguments)


class SingleDigitReader:
    """Reads pictures of one digit each."""

    def __init__(self, model: Path | None) -> None:
        """model: a model file; None is the one that comes with Numcam. Raises ModelError."""
        self._classifier = load_tried(model)
        # the shipped model decides whether the picture is a page: a model without "not a digit" finds digits everywhere
        self._pages = open_reader(Settings(), load_classifier())

    def read(self, path: Path) -> Answer:
        """The network's answer for one picture. Raises SourceError where it can't be read or shows no single digit."""
        image = read_picture(path)
        try:
            digit = find_digit(image)
        except NoDigitError as error:
            if self._digits_on(image) >= DOUBTFUL_PAGE_DIGITS:
                raise several_digits(path) from None
            raise SourceError(f"{path}: {error}. Take the picture nearer, or in better light.") from None
        answer = Answer(path, image, digit, self._classifier(digit.field[None, ..., None])[0])
        believed = answer.label is not None and answer.confidence >= MIN_CONFIDENCE
        if self._digits_on(image) >= (PAGE_DIGITS if believed else DOUBTFUL_PAGE_DIGITS):
            raise several_digits(path)
        return answer

    def _digits_on(self, image: NDArray[np.uint8]) -> int:
        """How many digits the page reader finds."""
        longer = max(image.shape[:2])
        if longer > PAGE_SIDE_PX:
            scale = PAGE_SIDE_PX / longer
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return sum(len(number.digits) for number in self._pages.read(image).numbers)


def several_digits(path: Path) -> SourceError:
    """The error for a picture of more than one digit."""
    return SourceError(f"{path} shows several digits. To read whole numbers: {program()} read {shell_path(path)}")


def predict(options: argparse.Namespace) -> int:
    """Answer for all pictures; returns the exit code. Raises NumcamError and ModelError."""
    if options.save is not None and options.save.suffix.lower() not in MONTAGE_SUFFIXES:
        better = options.save.with_suffix(".png")
        raise OutputError(f"{options.save} can't be written: name a picture, such as {better}.")
    if options.show:
        check_display()
    answers, failures = read_all(options.paths, SingleDigitReader(options.model), as_json=options.as_json)
    if answers and not options.as_json:
        show_text(answers)
    if answers and options.save is not None:
        save_montage(options.save, answers)
    if answers and options.show:
        show_window(answers)
    return FAILED if failures else DONE


def read_all(paths: Sequence[Path], reader: SingleDigitReader, *, as_json: bool) -> tuple[list[Answer], int]:
    """The answers, and how many pictures failed. Prints a line for each failure and, with `as_json`, for each answer."""
    answers: list[Answer] = []
    failures = 0
    for item in find_pictures(list(map(str, paths))):
        if isinstance(item, Remark):
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
    """Write the montage. An earlier file of that name is renamed. Raises OutputError."""
    write_picture(path, draw_montage(cards(answers[:MOST_CARDS])))
    shown = f" (the first {MOST_CARDS} of {len(answers)} pictures)" if len(answers) > MOST_CARDS else ""
    say(f"Written: {path}{shown}")


def check_display() -> None:
    """Raise DisplayError where no window can be opened, since OpenCV would end the process."""
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
    with Window("Numcam: single digits") as window:
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
