"""Files for the tests of batches: drawn pages, PDFs, archives, and broken ones. Knows no batch."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scripts.pages.drawn_page import DigitShapes, draw_page, random_style


def drawn(shapes: DigitShapes, count: int, size: tuple[int, int] = (640, 480)) -> list[NDArray[np.uint8]]:
    """Pages of handwritten numbers, (h, w, 3) uint8 BGR, scaled to that width and height: the same ones in every run."""
    pages = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        image = draw_page(shapes, rng, random_style(rng, "clean")).image
        pages.append(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8))
    return pages


def png(page: NDArray[np.uint8]) -> bytes:
    """A page as a PNG."""
    return bytes(cv2.imencode(".png", page)[1].tobytes())


def several(pages: Sequence[NDArray[np.uint8]], kind: str) -> bytes:
    """Pages as one TIFF or PDF."""
    first, *others = (Image.fromarray(page[:, :, ::-1]) for page in pages)
    out = io.BytesIO()
    first.save(out, kind, save_all=True, append_images=others)
    return out.getvalue()


def write_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    """A ZIP of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, files: Mapping[str, bytes]) -> Path:
    """A tar of these files, packed by its suffix."""
    mode = "w:gz" if path.suffix in (".gz", ".tgz") else "w"
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def pdf_objects(*objects: str, trailer: str = "") -> bytes:
    """A PDF of these objects, the first of them its catalogue."""
    out, places = b"%PDF-1.4\n", []
    for number, told in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{told}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    count = len(objects) + 1
    end = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R {trailer} >>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode()


PAGES = ("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")


def encrypted_pdf() -> bytes:
    """A PDF that opens with a password only: no password fits its keys."""
    key = f"<{'5a' * 32}>"
    encryption = f"<< /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >>"
    told = "/Encrypt 4 0 R /ID [<aa> <aa>]"
    return pdf_objects(*PAGES, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>", encryption, trailer=told)


def huge_pdf() -> bytes:
    """A PDF of one page, 200 inches wide and high: 1,600 megapixels at 200 dots an inch."""
    return pdf_objects(*PAGES, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 14400 14400] >>")


def bomb_pdf() -> bytes:
    """A PDF whose picture claims 60,000 by 60,000 px in a few bytes."""
    picture = (
        "<< /Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Length 4 >>\n"
        "stream\nabcd\nendstream"
    )
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 5 0 R /Resources << /XObject << /P 4 0 R >> >> >>"
    draw = "q 100 0 0 100 0 0 cm /P Do Q"
    return pdf_objects(*PAGES, page, picture, f"<< /Length {len(draw)} >>\nstream\n{draw}\nendstream")
