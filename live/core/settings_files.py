"""The settings files: where they are, and which one overrides which. Knows no setting by name, and no YAML.

Three files may hold settings, and each goes over those before it; options of the command line go over all of them.
    config.yaml in the folder a person starts in    it merely lies there, and may set little: settings_trust.py
    the user's own, in the platform's place         nobody else writes there, so that it may set everything
    --config FILE                                   the person named it, so that it may set everything
Why: docs/decisions/0021.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from live.core.plain_text import printable
from live.core.settings import Settings
from live.core.settings_check import as_written, check, merge
from live.core.settings_text import read_settings_file
from live.core.settings_trust import NAME, of_this_folder

Say = Callable[[str], None]


def load_settings(
    config: Path | None = None, options: Mapping[str, Any] | None = None, say: Say | None = None
) -> Settings:
    """Defaults, then `config.yaml` of the current folder, then the user's own file, then `config`, then `options`.

    config: the file that --config names. options: names of `Settings`, sections as mappings.
    say: is given a line for what was found without being named: which file was taken, or left out and why.
    Raises SettingsError where a file that was named, that is the user's own or that is Numcam's can't be read, names a setting
    that there is not, or holds a value that the setting doesn't take; and where an option does.
    """
    own = user_file()
    layers: list[tuple[str, Mapping[str, Any]]] = []
    taken: list[str] = []
    here = Path(NAME)
    if here.exists() and not _is_same(here, own) and not _is_same(here, config):
        found = of_this_folder(here, say or _ignore)
        if found is not None:
            layers.append((f"{NAME} of this folder", found.values))
            taken.append(found.described)
    if own.exists() and not _is_same(own, config):
        layers.append((printable(own), read_settings_file(own)))
        taken.append(printable(own))
    if config is not None:
        layers.append((printable(config), read_settings_file(config)))
    if taken:
        (say or _ignore)(f"Settings: {'; then '.join(taken)}.")
    layers.append(("the command line", options or {}))
    merged: dict[str, Any] = {}
    for origin, layer in layers:
        check(layer, origin)
        merged = merge(merged, as_written(layer))
    return check(merged, "all settings together")


def user_file() -> Path:
    """The user's own settings file, in the folder that the platform has for such files; it may not exist."""
    from platformdirs import user_config_path

    return user_config_path("numcam", appauthor=False) / NAME


def _is_same(path: Path, other: Path | None) -> bool:
    """Whether two names lead to the same file."""
    try:
        return other is not None and path.samefile(other)
    except (OSError, ValueError):  # one of them does not exist, may not be accessed, or is no valid name
        return False


def _ignore(_line: str) -> None:
    """Take a line and drop it."""
