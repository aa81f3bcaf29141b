"""A wheel in a fresh environment: one name in site-packages, the Python API from any folder, and the command line."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.program import ROOT
from tests.test_setup import BINARIES, run, told

pytestmark = pytest.mark.slow
NOT_BUILT = (".*", "__pycache__", "tests", "docs", "runs", "build", "dist", "*.egg-info", "shared", "site")
SETUPTOOLS = 80
"""What pyproject.toml asks for at least."""


@dataclass(frozen=True)
class Installed:
    """A wheel, and an environment that it was installed into."""

    wheel: Path
    python: Path
    numcam: Path
    packages: Path
    added: frozenset[str]
    """What installing it put there."""


def built_wheel(folder: Path) -> Path:
    """A wheel of what is in the repository now; skips where the tools to build it can't be had."""
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*NOT_BUILT))
    command: list[str | Path] = ["-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder / "dist", source]
    try:
        if int(version("setuptools").partition(".")[0]) >= SETUPTOOLS:
            command.insert(3, "--no-build-isolation")  # with what is here: nothing is fetched
    except PackageNotFoundError:
        pass
    done = run(sys.executable, *command, folder=folder)
    if done.returncode and re.search("No matching distribution|connection|network", done.stderr, re.IGNORECASE):
        pytest.skip("setuptools can't be had here: no network")
    assert done.returncode == 0, done.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Numcam from a wheel, in an environment without any other package."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = built_wheel(folder)
    subprocess.run([sys.executable, "-m", "venv", folder / "fresh"], check=True)
    python, numcam = (folder / "fresh" / BINARIES / name for name in ("python", "numcam"))
    where = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder)
    packages = Path(where.stdout.strip())
    before = {path.name for path in packages.iterdir()}
    done = run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, folder=folder)
    assert done.returncode == 0, done.stderr
    return Installed(wheel, python, numcam, packages, frozenset({path.name for path in packages.iterdir()} - before))


@pytest.fixture(scope="module")
def installed(bare: Installed) -> Installed:
    """The same with the packages of these tests: half a gigabyte needn't be fetched again."""
    (bare.packages / "others.pth").write_text(sysconfig.get_path("purelib"))
    return bare


def test_a_missing_package_is_told_with_what_to_type(bare: Installed, tmp_path: Path) -> None:
    """Before `installed` adds them."""
    assert "-m pip install msgspec" in told(run(bare.numcam, folder=tmp_path))
    assert "-m pip install msgspec" in told(run(bare.python, "-m", "numcam", folder=tmp_path))


def test_exactly_one_name_lands_in_site_packages(bare: Installed) -> None:
    with ZipFile(bare.wheel) as wheel:
        names = wheel.namelist()
        top = {name.partition("/")[0] for name in names}
        metadata = next(name for name in names if name.endswith("top_level.txt"))
        assert wheel.read(metadata).split() == [b"numcam"]
        texts = {name: wheel.read(name).decode() for name in names if name.endswith(".py")}
    assert {name for name in top if not name.endswith(".dist-info")} == {"numcam"}
    left = re.compile(r"^\s*(from|import) (live|models)\b|-m live\b", re.MULTILINE)
    assert [name for name, text in texts.items() if left.search(text)] == []
    assert {
        "numcam/config.yaml",
        "numcam/py.typed",
        "numcam/live/demo.mp4",
        "numcam/models/weights/digits.onnx",
    } <= set(names)
    assert {name for name in bare.added if not name.endswith(".dist-info")} == {"numcam"}


def lines_of_python() -> list[str]:
    """Each piece of Python in docs/api.md."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    return [piece.partition("```")[0] for piece in text.split("```python\n")[1:]]


def test_the_lines_of_the_api_run_from_any_folder(installed: Installed, tmp_path: Path) -> None:
    script, folder = tmp_path / "elsewhere.py", tmp_path / "pictures"
    folder.mkdir()
    script.write_text(lines_of_python()[0])
    shutil.copy(ROOT / "docs" / "images" / "tips" / "good.jpg", folder / "page.jpg")
    done = run(installed.python, "-W", "error", script, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"\d+ 0\.\d+ \[\[", done.stdout)
    assert sorted(path.name for path in folder.iterdir()) == ["page.jpg", "seen.jpg"]


def test_the_lines_of_a_stream_run_from_any_folder(installed: Installed, tmp_path: Path) -> None:
    script = tmp_path / "elsewhere.py"
    script.write_text(lines_of_python()[1].replace("stream(0)", 'stream("page.jpg")'))
    shutil.copy(ROOT / "docs" / "images" / "tips" / "good.jpg", tmp_path / "page.jpg")
    done = run(installed.python, "-W", "error", script, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"1 \d+ 0\.\d+ \[\[", done.stdout)


def test_the_command_is_there_under_both_names(installed: Installed, tmp_path: Path) -> None:
    shutil.copy(ROOT / "docs" / "images" / "tips" / "good.jpg", tmp_path / "page.jpg")
    for command in ((installed.numcam,), (installed.python, "-m", "numcam")):
        assert run(*command, "--version", folder=tmp_path).stdout.startswith("Numcam ")
        done = run(*command, "read", "page.jpg", folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert "page.jpg" in done.stdout
    helped = run(installed.python, "-m", "numcam", "--help", folder=tmp_path).stdout
    assert "-m live" not in helped


def test_a_model_of_ones_own_is_tried_in_another_program(installed: Installed, tmp_path: Path) -> None:
    shutil.copy(ROOT / "models" / "weights" / "digits.onnx", tmp_path / "mine.onnx")
    shutil.copy(ROOT / "docs" / "images" / "tips" / "good.jpg", tmp_path / "page.jpg")
    (tmp_path / "none.onnx").write_bytes(b"no model")
    done = run(installed.numcam, "read", "page.jpg", "--set", "model.path=mine.onnx", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "none.onnx is no ONNX model" in told(
        run(installed.numcam, "read", "page.jpg", "--set", "model.path=none.onnx", folder=tmp_path)
    )


def test_it_runs_with_settings_of_ones_own(installed: Installed, tmp_path: Path) -> None:
    folder, own = tmp_path / "elsewhere", tmp_path / "own"
    folder.mkdir()
    wrong = run(installed.numcam, "--set", "camera.widht=1", folder=folder, XDG_CONFIG_HOME=str(own))
    listed = re.search(r"did you mean camera.width\? (\S+) lists them all", wrong.stderr)
    assert wrong.returncode == 2
    assert listed is not None, wrong.stderr
    assert Path(listed[1]) == installed.packages / "numcam" / "config.yaml"
    assert "width: 1280" in Path(listed[1]).read_text(encoding="utf-8")

    (own / "numcam").mkdir(parents=True)
    mine = own / "numcam" / "config.yaml"
    mine.write_text("source: demo\nheadless: true\nmax_frames: 2\nlog: read.csv\n")
    for command in ((installed.numcam,), (installed.python, "-m", "numcam")):
        done = run(*command, folder=folder, XDG_CONFIG_HOME=str(own))
        assert done.returncode == 0, done.stderr
        assert done.stderr.splitlines()[0] == f"Settings: {mine}."
        assert done.stdout.splitlines()[-1].startswith("2 frames in ")
    assert (folder / "read.csv").exists()
    machine = run(installed.numcam, "doctor", folder=folder, XDG_CONFIG_HOME=str(own)).stdout
    assert f"Settings   {mine}\n" in machine
    assert f"{installed.packages / 'numcam' / 'config.yaml'} lists them all" in machine
