"""Tests of live/batch/inputs.py and archive_files.py: what is found where, and that nothing hostile is followed."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

import pytest

from live.batch import archive_files
from live.batch.archive_files import TarContents, ZipContents, directory_bytes
from live.batch.inputs import Found, find_sources
from live.core.errors import SourceError
from live.core.settings import LimitsSettings
from tests.batch_files import write_tar, write_zip

LIMITS = LimitsSettings()
NOISE = os.urandom(5000)


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def found(*given: str, limits: LimitsSettings = LIMITS) -> list[Found]:
    return list(find_sources(given, Path("out"), limits))


def names(*given: str) -> list[str]:
    return [one.name for one in found(*given) if one.problem is None]


def problems(*given: str, limits: LimitsSettings = LIMITS) -> list[str]:
    return [one.problem for one in found(*given, limits=limits) if one.problem is not None]


def write(*paths: str) -> None:
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(b"x")


def test_a_folder_is_read_with_all_that_is_in_it_in_natural_order() -> None:
    write("in/b10.png", "in/b9.png", "in/a/2.png", "in/a/10.png", "in/.hidden/x.png", "in/.x", "in/Thumbs.db")
    assert names("in") == ["in/a/2.png", "in/a/10.png", "in/b9.png", "in/b10.png"]


def test_what_the_run_writes_is_not_read() -> None:
    write("a.png", "out/annotated/a.jpg", "out/numbers.csv")
    assert names(".") == ["a.png"]


def test_a_loop_of_links_is_told_and_ends() -> None:
    write("in/a.png")
    Path("in/again").symlink_to(Path("in").absolute())
    Path("in/gone.png").symlink_to("nowhere")
    assert names("in") == ["in/a.png"]
    assert problems("in") == [
        "in/again is a link to a folder that it is in itself: it isn't followed.",
        "in/gone.png leads nowhere: what it is a link to is gone.",
    ]


def test_patterns_and_lists_and_odd_names() -> None:
    odd = "in/sub/ two\nlines 🎈.png"
    write("in/1.png", "in/2.jpg", odd, "[x].png")
    assert names("in/**/*.png") == ["in/1.png", odd]
    assert names("[x].png") == ["[x].png"]  # a file of that name comes first
    Path("list.txt").write_text("in/2.jpg\n\nin/*.png\nnowhere.png\n")
    assert names("@list.txt") == ["in/2.jpg", "in/1.png"]
    assert problems("@list.txt") == ["There is no file or folder nowhere.png. Check its name."]
    Path("zero.lst").write_bytes(f"{odd}\0in/1.png\0".encode())
    assert names("@zero.lst") == [odd, "in/1.png"]
    assert problems("@none.txt") == ["The list none.txt can't be read: No such file or directory."]
    assert problems("*.heic") == [
        "Nothing matches *.heic. Check the pattern, and quote it: the shell must not take it apart."
    ]


def test_names_of_undecodable_bytes_and_pipes() -> None:
    Path("in").mkdir()
    Path(os.fsdecode(b"in/\xff.png")).write_bytes(b"x")
    os.mkfifo("in/pipe.png")
    assert names("in") == ["in/\udcff.png"]
    (told,) = problems("in")
    assert told.startswith("in/pipe.png is a pipe or a device, no file.")


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tgz"])
def test_the_files_of_an_archive(name: str) -> None:
    write_archive = write_zip if name == "a.zip" else write_tar
    write_archive(Path(name), {"x/1.png": b"one", "__MACOSX/1.png": b"", "x/.DS_Store": b"", "2.png": NOISE})
    first, second = found(name)
    assert (first.name, second.name) == (f"{name}/x/1.png", f"{name}/2.png")
    contents = ZipContents() if name == "a.zip" else TarContents()
    for _ in range(2):  # back to the start too
        assert contents.read(first.path, first.entry or 0, first.name, LIMITS) == b"one"
        assert contents.read(second.path, second.entry or 0, second.name, LIMITS) == NOISE
    contents.close()


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_names_that_lead_out_of_an_archive_are_told(name: str) -> None:
    write_archive = write_zip if name == "a.zip" else write_tar
    write_archive(Path(name), {"../../x.png": b"1", "/etc/x.png": b"1", "C:x.png": b"1", "ok..png": b"1"})
    assert names(name) == [f"{name}/ok..png"]
    assert [told.split(" has ")[1] for told in problems(name)] == [
        "a name that leads out of its archive, as no honest program writes it: it isn't read."
    ] * 3


def test_bombs_are_told_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_files, "BOMB_BYTES", 1_000_000)
    files = {"1.png": bytes(2_000_000), "2.png": NOISE}
    write_zip(Path("a.zip"), files)
    write_tar(Path("a.tgz"), files)
    assert names("a.zip") == ["a.zip/2.png"]
    (told,) = problems("a.zip")
    assert told.startswith("a.zip/1.png unpacks to 2 MB from 0.0 MB: that is a bomb")
    assert "that is a bomb" in problems("a.tgz")[0]
    small = LimitsSettings(picture_megabytes=1.0)
    write_zip(Path("b.zip"), {"1.png": os.urandom(1_500_000)})
    (told,) = problems("b.zip", limits=small)
    assert told.startswith("b.zip/1.png is larger than 1 MB")


def test_archives_of_too_many_files_are_refused_before_their_list_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    write_zip(Path("a.zip"), {f"{number}.png": b"1" for number in range(40)})
    write_tar(Path("a.tar"), {f"{number}.png": b"1" for number in range(40)})
    with Path("a.zip").open("rb") as file:
        assert directory_bytes(file) > 40 * 46
    monkeypatch.setattr(archive_files, "MOST_ENTRIES", 30)
    for name in ("a.zip", "a.tar"):
        assert problems(name) == [f"{name} holds more than 30 files. Unpack it, and read the folder."]
    monkeypatch.setattr(archive_files, "MOST_DIRECTORY", 100)
    monkeypatch.setattr(zipfile, "ZipFile", None)  # the list is not read
    assert len(problems("a.zip")) == 1


def test_archives_that_are_encrypted_cut_short_or_none() -> None:
    write_zip(Path("a.zip"), {"1.png": NOISE})
    content = bytearray(Path("a.zip").read_bytes())
    at = content.rfind(b"PK\x01\x02")
    struct.pack_into("<H", content, at + 8, 1)
    Path("secret.zip").write_bytes(content)
    assert problems("secret.zip") == [
        "secret.zip/1.png is encrypted. Unpack the archive with its password, and read the folder."
    ]
    Path("cut.zip").write_bytes(content[:3000])
    assert problems("cut.zip")[0].startswith("cut.zip is an archive that can't be read, or only in part:")
    write_tar(Path("a.tgz"), {"1.png": NOISE, "2.png": NOISE * 9})
    Path("cut.tgz").write_bytes(Path("a.tgz").read_bytes()[:4000])
    assert problems("cut.tgz")[0].startswith("cut.tgz is an archive that can't be read, or only in part:")
    write_zip(Path("empty.zip"), {})
    assert problems("empty.zip") == ["empty.zip is an archive without a file that may be a picture."]


def test_a_file_that_changes_after_it_was_listed_is_told() -> None:
    write_tar(Path("a.tar"), {"1.png": NOISE})
    write_zip(Path("a.zip"), {"1.png": NOISE})
    for contents, name in ((TarContents(), "a.tar"), (ZipContents(), "a.zip")):
        with pytest.raises(SourceError, match=f"^{name}/9.png can't be unpacked: "):
            contents.read(name, 9, f"{name}/9.png", LIMITS)
        contents.close()
