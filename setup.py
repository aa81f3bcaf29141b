"""What pyproject.toml can't say: config.yaml, which stands at the top of a clone, goes into the package as well."""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithSettings(build_py):
    """The modules, and beside them the file that lists every setting: messages point to it."""

    def run(self) -> None:
        """Build as ever, then add the file; an editable install finds it at the top of the clone."""
        super().run()
        if not self.editable_mode:
            self.copy_file("config.yaml", str(Path(self.build_lib) / "live" / "config.yaml"))


setup(cmdclass={"build_py": BuildWithSettings})
