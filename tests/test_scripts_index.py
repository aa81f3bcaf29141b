"""Tests of scripts/__main__.py: the list of commands is whole, and each command says what it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.__main__ import FOLDER, GROUPS, OTHERS, find_commands, main


def test_every_command_has_a_line_and_a_group(capsys: pytest.CaptureFixture[str]) -> None:
    commands = find_commands()
    runnable = {path.stem for path in FOLDER.glob("*.py") if 'if __name__ == "__main__"' in path.read_text()} - {
        "__main__"
    }

    assert {command.name for command in commands} == runnable
    assert [command.name for command in commands if command.group == OTHERS] == []
    assert all(len(command.summary) > 20 for command in commands)
    assert {name for names in GROUPS.values() for name in names} == runnable

    assert main([]) == 0
    printed = capsys.readouterr().out
    assert all(command.name in printed for command in commands)


def test_a_new_command_is_found_by_itself(tmp_path: Path) -> None:
    (tmp_path / "count_pages.py").write_text(
        '"""Count pages. Knows no number."""\n\nif __name__ == "__main__":\n    run_script(main)\n'
    )
    (tmp_path / "helper.py").write_text('"""No command."""\n')

    (found,) = find_commands(tmp_path)

    assert (found.name, found.summary, found.group) == ("count_pages", "Count pages.", OTHERS)
