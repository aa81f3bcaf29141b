"""The look of a drawn page: paper, pen, light, lens. Draws nothing and has no randomness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Level = Literal["clean", "office", "hard", "webcam"]
Paper = Literal["plain", "ruled", "grid", "margin"]
Pen = Literal["ballpoint", "fineliner", "marker", "pencil", "crayon"]
Desk = Literal["wood", "fabric", "plain", "room"]
Colour = tuple[int, int, int]
"""Blue, green, red, 0 to 255."""

LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStyle:
    """The look of one page and its camera; the numbers on it are not part of it."""

    width: int = 1280
    """Of the frame, px."""
    height: int = 720
    paper: Paper = "plain"
    paper_colour: Colour = (240, 243, 246)
    ink_colour: Colour = (48, 42, 40)
    pen: Pen = "fineliner"
    thickness: float = 0.5
    """0 is the thinnest line of a pen, 1 as thick as in MNIST (a seventh of the height), 2 a broad marker."""
    digit_height_px: float = 56.0
    """Height of an upright digit in the frame."""
    digit_gap: float = 0.2
    """Gap between the ink of two neighbouring digits, as a share of a digit's width; below 0 they overlap."""
    number_gap: float = 1.4
    """Smallest gap between two numbers of a line, in digit heights."""
    slant: float = 0.0
    """Shear of the handwriting; positive values lean to the right."""
    tilt: float = 0.0
    """Rotation of the page in the frame, radians."""
    perspective: float = 0.0
    """0: seen from straight above; 1: strongly from the side."""
    page_share: float = 0.8
    """Width of the page as a share of the frame's; above 1 the page leaves the frame."""
    shadow: float = 0.0
    """0: none; 1: a shadow takes all light."""
    vignetting: float = 0.1
    """Loss of light in the corners, as a share."""
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Gain of blue, green, red: the colour of the light after white balance."""
    exposure: float = 1.0
    blur_px: float = 0.4
    """Sigma of the lens blur."""
    motion_blur_px: float = 0.0
    """Length of the motion blur."""
    noise_sigma: float = 2.0
    """Sigma of the sensor noise, grey levels."""
    sharpening: float = 0.0
    """Sharpening as in webcams: 1 gives edges a clear halo."""
    desk: Desk = "wood"
    desk_colour: Colour = (70, 104, 146)
    objects: int = 1
    """Number of objects beside the page."""
    printed_words: int = 0
    written_words: int = 0
    marks: int = 0
    """Number of ticks, crosses, arrows, underlines and blots."""
    show_through: float = 0.0
    """Opacity of the writing on the back, 0 to 1."""
    jpeg_quality: int = 90
    max_digits: int = 200
    """Largest number of digits on the page."""

    def __post_init__(self) -> None:
        if self.width < 64 or self.height < 64:
            raise ValueError(f"a frame is at least 64x64 px, got {self.width}x{self.height}")
        if self.digit_height_px < 8:
            raise ValueError(f"digit_height_px must be at least 8, got {self.digit_height_px}")
        if not 1 <= self.jpeg_quality <= 100:
            raise ValueError(f"jpeg_quality must be 1 to 100, got {self.jpeg_quality}")
        if self.thickness < 0:
            raise ValueError(f"thickness must not be negative, got {self.thickness}")
