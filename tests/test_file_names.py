"""Room for new files: nothing that was written before is lost."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.core.errors import OutputError
from live.core.file_names import claim, timestamped, unused


def test_a_new_file_is_not_made(tmp_path: Path) -> None:
    assert claim(tmp_path / "out.mp4") == tmp_path / "out.mp4"
    assert list(tmp_path.iterdir()) == []


def test_earlier_files_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    for text in ("first", "second", "third"):
        claim(path).write_text(text)
    kept = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert kept == {"out.1.mp4": "first", "out.2.mp4": "second", "out.mp4": "third"}


def test_a_number_that_is_taken_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "log.1.csv").write_text("somebody's")
    (tmp_path / "log.csv").write_text("earlier")
    claim(tmp_path / "log.csv")
    assert (tmp_path / "log.1.csv").read_text() == "somebody's"
    assert (tmp_path / "log.2.csv").read_text() == "earlier"


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(
        OutputError, match=r"There is no folder .*away to write out.mp4 into: make it first\."
    ) as caught:
        claim(tmp_path / "away" / "out.mp4")
    assert "\n" not in str(caught.value)


def test_a_folder_by_that_name(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"is a folder: name a file in it, such as .*numbers\.mp4"):
        claim(tmp_path)


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("")
    with pytest.raises(OutputError, match="There is no folder"):
        claim(tmp_path / "notes" / "out.mp4")


@pytest.mark.skipif(os.name == "nt", reason="a device file, which can't be renamed away, is Unix's")
def test_a_file_that_is_no_file_stays_where_it_is() -> None:
    assert claim(Path("/dev/null")) == Path("/dev/null")
    assert Path("/dev/null").is_char_device()


def test_a_dangling_link_is_put_aside_and_not_followed(tmp_path: Path) -> None:
    link = tmp_path / "out.mp4"
    try:
        link.symlink_to(tmp_path / "nowhere.mp4")
    except OSError as error:
        pytest.skip(f"no links can be made here: {error}")
    claim(link).write_text("new")
    assert (tmp_path / "out.1.mp4").is_symlink()
    assert not (tmp_path / "nowhere.mp4").exists()


def test_a_file_that_cannot_be_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.mp4"
    path.write_text("earlier")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)  # a test run as root is refused nothing by the system itself
    with pytest.raises(OutputError, match=r"is there already and can't be put aside: Permission denied\."):
        claim(path)
    assert path.read_text() == "earlier"


def test_names_that_tell_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seen = set()
    for _ in range(3):
        path = timestamped(".mp4")
        assert re.fullmatch(r"numcam-\d{8}-\d{6}(-\d)?\.mp4", path.name)
        path.write_text("")
        seen.add(path.name)
    assert len(seen) == 3


def test_the_first_name_that_is_free(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        path = unused(tmp_path / "out.mp4")
        path.write_text("")
        names.append(path.name)
    assert names == ["out.mp4", "out-2.mp4", "out-3.mp4"]


@given(st.lists(st.sampled_from(["a.mp4", "a.1.mp4", "a", "b.tar.gz"]), max_size=8))
def test_whatever_is_claimed_nothing_is_ever_lost(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    folder = tmp_path_factory.mktemp("claims")
    for turn, name in enumerate(names):
        claim(folder / name).write_text(str(turn))
    assert sorted(file.read_text() for file in folder.iterdir()) == sorted(map(str, range(len(names))))
