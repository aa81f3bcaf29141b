"""Tests of live/core/masking.py: no secret of an address is shown, however it was typed."""

from __future__ import annotations

import pytest

from live.core.masking import masked, without_secrets

WELL_WRITTEN = [
    ("http://cam/video", "http://cam/video"),
    ("rtsp://joe:secret@10.0.0.2:554/live?channel=1", "rtsp://10.0.0.2:554/live?channel=***"),
    ("rtsp://joe:p@ss@cam/live", "rtsp://cam/live"),
    ("rtsp://joe:pa/ss@cam/live", "rtsp://cam/live"),
    ("http://joe:12/34@cam/live", "http://cam/live"),
    ("http://joe:p?x@cam/s?q=1", "http://cam/s?q=***"),
    ("http://joe:p#x@cam/s", "http://cam/s"),
    ("http://joe:p'w@cam/s", "http://cam/s"),
    ("http://cam:8080/@joe/live", "http://cam:8080/@joe/live"),
    ("http://[::1]:8080/@joe/live", "http://[::1]:8080/@joe/live"),
    ("http://cam/@joe/live", "http://cam/@joe/live"),
    ("http://cam/v?user=joe&pwd=x1&size=2", "http://cam/v?user=***&pwd=***&size=***"),
    ("http://cam/v?access_token=abc#top", "http://cam/v?access_token=***"),
    ("http://cam/v?abc123", "http://cam/v?***"),
    ("http://cam/v#access_token=abc", "http://cam/v#***"),
    ("http://cam/v?next=http://joe:pw@other/x?y=z", "http://cam/v?next=***"),
    ("rtsp://cam/user=admin&password=abc&channel=1", "rtsp://cam/user=***&password=***&channel=***"),
    ("http://cam/v.cgi&loginuse=admin&loginpas=abc", "http://cam/v.cgi&loginuse=***&loginpas=***"),
    ("udp://@239.0.0.1:1234", "udp://239.0.0.1:1234"),
]


@pytest.mark.parametrize(("address", "shown"), WELL_WRITTEN)
def test_addresses_are_shown_without_their_secrets(address: str, shown: str) -> None:
    assert without_secrets(address) == shown


@pytest.mark.parametrize(
    "address",
    [
        "http:/joe:swordfish@cam", "rtsp//joe:swordfish@cam", "rtsp/joe:swordfish@cam/live", "http:joe:swordfish@cam",
        "joe:swordfish@cam/stream", "joe:sword/swordfish@cam/stream", "http;//joe:swordfish@cam", "htpp://joe:swordfish@cam/x",
        "http//:joe:swordfish@cam", "rtsp:\\\\joe:swordfish@cam", "//joe:swordfish@cam/x", " http://joe:swordfish@cam",
        "RTSP:/joe:swordfish@cam", "http://cam/x?key=swordfish", "http:/cam/x?swordfish", "rtsp//cam/password=swordfish",
        "http:/cam#swordfish", "http://joe:my swordfish@cam/", "foo://joe:swordfish@cam",
    ],
)  # fmt: skip
def test_mistyped_addresses_hide_theirs_too_alone_and_in_a_line(address: str) -> None:
    line = f"There is no file or folder {address}. Did you mean '{address}'?"
    for shown in (without_secrets(address), masked(line)):
        assert "swordfish" not in shown
        assert "cam" in shown
    assert masked(line).startswith("There is no file or folder ")
    assert "Did you mean" in masked(line)


@pytest.mark.parametrize(
    "name",
    [
        "me@home.jpg",
        "clip-17:45.mp4",
        "C:\\me@home\\x.jpg",
        "what?.jpg",
        "a#b.png",
        "scans/page 2.jpg",
        "a=b&c=d.jpg",
        "-1",
        "0",
    ],
)
def test_names_of_files_stay(name: str) -> None:
    assert without_secrets(name) == name
    line = f"{name} can't be read: Is a directory. Name a file (see --help)."
    assert masked(line) == line
