"""What pyproject.toml can't say: an installed Numcam is one package, `numcam`, made of the folders of a clone.

    in a clone, and installed with `pip install -e .`     in a wheel
    numcam/                                               numcam/
    live/                                                 numcam/live/
    models/                                               numcam/models/
    config.yaml                                           numcam/config.yaml

The modules import from `live` and `models`; in a wheel those imports are rewritten. docs/decisions/0027-one-name-in-a-wheel.md
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

FOLDERS = ("live", "models")
"""What lies beside `numcam` in a clone, and inside it in a wheel."""
IMPORT = re.compile(rf"^(\s*(?:from|import) )({'|'.join(FOLDERS)})\b", re.MULTILINE)
COMMAND = re.compile(r"(?<=-m )live\b")
"""What messages tell a person to type."""
HERE = Path(__file__).parent
EDITABLE = any(command in sys.argv for command in ("editable_wheel", "develop"))
FILES = {"numcam": ["py.typed"], "live": ["demo.mp4"], "live.web": ["page/*", "page/*/*"], "models": ["weights/*"]}


def in_numcam(package: str) -> str:
    """What a package is called once it is installed."""
    return package if package.partition(".")[0] == "numcam" else f"numcam.{package}"


def rewritten(source: str) -> str:
    """A module's text with the imports and commands of an installed Numcam."""
    return COMMAND.sub("numcam", IMPORT.sub(r"\1numcam.\2", source))


class BuildOneName(build_py):
    """The modules under one name, and with them the file that lists every setting: messages point to it."""

    def run(self) -> None:
        """Build as ever; then rewrite the imports, and add the file. An editable install goes on with the clone's folders."""
        if not self.editable_mode:
            for left in (*FOLDERS, "numcam"):  # of an earlier build
                shutil.rmtree(Path(self.build_lib) / left, ignore_errors=True)
        super().run()
        if self.editable_mode:
            return
        for module in (Path(self.build_lib) / "numcam").rglob("*.py"):
            module.write_text(rewritten(module.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
        self.copy_file(str(HERE / "config.yaml"), str(Path(self.build_lib) / "numcam" / "config.yaml"))


found = find_packages(str(HERE), include=["numcam*", "live*", "models*"])
if EDITABLE:
    setup(cmdclass={"build_py": BuildOneName}, packages=found, package_data=FILES)
else:
    setup(
        cmdclass={"build_py": BuildOneName},
        packages=[in_numcam(package) for package in found],
        package_dir={in_numcam(folder): folder for folder in FOLDERS},
        package_data={in_numcam(package): files for package, files in FILES.items()},
    )
