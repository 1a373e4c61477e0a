"""The command line's small parts, without any server."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from deploy.cli.app import app
from deploy.cli.dead_letters import Ref
from deploy.cli.lag import Lag
from deploy.cli.output import clean, print_json, shown

HEAVY = (
    "aiokafka",
    "alembic",
    "asyncpg",
    "fastapi",
    "faststream",
    "kafka",
    "numpy",
    "pydantic",
    "sqlalchemy",
)


def test_the_help_page_imports_nothing_heavy() -> None:
    code = f"import sys, deploy.cli.app; print(*(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_every_command_has_a_help_of_its_own() -> None:
    def walk(words: list[str]) -> int:
        told = CliRunner().invoke(app, [*words, "--help"])
        assert told.exit_code == 0, words
        inner = CliRunner().invoke(app, [*words, "no-such-command"])
        assert inner.exit_code == 2 or not words, words
        return len(told.output)

    for words in ([], ["dead-letters"], ["topics"], ["units"], ["sources"], ["recipients"], ["contracts"]):
        assert walk(words) > 200


@pytest.mark.parametrize("text", ["routing", "routing:", "routing:x", "kitchen:1", "routing:-1", ":1", ""])
def test_what_is_no_name_of_a_letter(text: str) -> None:
    with pytest.raises(ValueError, match="routing:12"):
        Ref.parse(text)


def test_a_letters_name_reads_back() -> None:
    assert Ref.parse("routing:12") == Ref("routing", 12)
    assert str(Ref("intake", 3)) == "intake:3"


def test_a_terminal_obeys_nothing_that_others_wrote() -> None:
    assert clean("a\x1b[2Jb\u202ec\nđ") == "a\\x1b[2Jb\\u202ec\nđ"


def test_json_is_escaped_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": "đ\x9b2J\u202e\x1b"})
    printed = capsys.readouterr().out
    assert printed.replace("\n", "").isprintable()
    assert json.loads(printed) == {"a": "đ\x9b2J\u202e\x1b"}


def test_people_read_local_time() -> None:
    assert shown(datetime(2026, 10, 1, 17, 30, tzinfo=UTC)) == "2026-10-02 00:30:00"
    assert shown(None) == ""


def test_a_group_that_has_not_begun_is_behind_by_what_is_kept() -> None:
    assert Lag("g", "t", 0, None, 40, 100).behind == 60
    assert Lag("g", "t", 0, 70, 40, 100).behind == 30
