"""Find the settings files and merge them by precedence. Knows no setting by name, and no YAML.

Three files may hold settings. Each overrides those before it; command-line options override all files.
    config.yaml in the current folder                 it isn't trusted, and may set few settings: settings_trust.py
    the user's own file, in the platform's place      only the user writes there, so it may set everything
    --config FILE                                     the user named it, so it may set everything
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
    say: receives one line per file that was used without --config, or was skipped, with the reason.
    Raises SettingsError for an unreadable file, an unknown setting or an invalid value, also in an option. A config.yaml
    of another program in the current folder is skipped.
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
    """Ignore the line."""
