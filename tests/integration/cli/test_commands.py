"""The smaller commands on real servers: the map, sources, recipients, topics, contracts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from deploy.local.installation import Installation
from tests.integration.cli.conftest import Command
from tests.support import delete_topics

SOURCE = "https://zalo.example/oa"


async def test_help_is_there_for_every_command(langnghe: Command) -> None:
    listed = (await langnghe("--help")).out
    for name in ("check", "positions", "lag", "dead-letters", "topics", "units", "sources", "contracts"):
        assert name in listed
        assert "Usage: langnghe" in (await langnghe(name, "--help")).out


async def test_where_nothing_runs_it_says_so(
    langnghe: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for command in (["lag"], ["check"], ["positions"], ["units", "show", "24"]):
        monkeypatch.setenv("LANGNGHE_DATA", str(tmp_path))
        assert f"nothing runs in {tmp_path}" in (await langnghe(*command, status=1)).err
    told = {"bootstrap": "127.0.0.1:1", "admin_dsn": "postgresql://a@127.0.0.1:1/x"}
    (tmp_path / "stack.json").write_text(json.dumps({**told, "kafka_pid": 1, "postgres_pid": 1}))
    assert "does not answer on 127.0.0.1:1" in (await langnghe("lag", status=1)).err
    assert not (tmp_path / "secrets.json").exists()


async def test_the_map_is_loaded_once_and_looked_up(langnghe: Command) -> None:
    assert "not loaded" in (await langnghe("units", "show", "24", status=1)).err
    assert not (await langnghe("units", "load")).out.startswith("0 changes")
    assert (await langnghe("units", "load")).out.startswith("0 changes")

    (now,) = (await langnghe("units", "show", "09193", "--on", "2026-10-01", "--json")).json
    assert (now["name"], now["path"][-1]["code"]) == ("Phường Yên Phong", "24")
    assert now["predecessors"]
    before = (await langnghe("units", "show", "27", "--on", "2025-06-30", "--json")).json
    province = next(unit for unit in before if unit["level"] == "province")
    assert (province["name"], province["valid_to"]) == ("Tỉnh Bắc Ninh", "2025-07-01")
    assert [heir["code"] for heir in province["successors"]] == ["24"]
    assert "became:" in (await langnghe("units", "show", province["id"], "--on", "2025-06-30")).out
    assert "no unit holds" in (await langnghe("units", "show", "99999", status=1)).err
    await langnghe("units", "show", "24", "--on", "yesterday", status=2)


async def test_sources_show_their_secrets_once(langnghe: Command, tmp_path: Path) -> None:
    made = (await langnghe("sources", "add", SOURCE, "--name", "Zalo", "--channel", "zalo", "--json")).json
    assert len(made["token"]) >= 32
    assert "--replace" in (await langnghe("sources", "add", SOURCE, "--name", "Zalo", status=1)).err
    (listed,) = (await langnghe("sources", "list", "--json")).json
    assert (listed["id"], listed["channels"], listed["key_ids"]) == (SOURCE, ["zalo"], list(made["keys"]))
    shown = (await langnghe("sources", "list")).out
    assert made["token"] not in shown
    assert not any(key in shown for key in made["keys"].values())

    given = tmp_path / "secrets.json"
    given.write_text(json.dumps({"keys": {"k2": "QUJD"}, "token": "t" * 40}))
    weak = await langnghe("sources", "add", "s2", "--name", "x", "--secrets", given, status=1)
    assert "32 bytes" in weak.err
    given.write_text("[]")
    assert (
        "shape" in (await langnghe("sources", "add", "s2", "--name", "x", "--secrets", given, status=1)).err
    )
    unknown = await langnghe("sources", "add", "s3", "--name", "x", "--channel", "pigeon", status=1)
    assert "pigeon" in unknown.err


async def test_keys_are_rewrapped_and_what_nothing_opens_is_said(
    langnghe: Command, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await langnghe("sources", "add", "https://keys.example", "--name", "x")
    same = installation.secret("kek")
    monkeypatch.setenv("LANGNGHE_INTAKE_KEK_ID", "kek-2")
    assert "no key opens" in (await langnghe("keys", "rewrap", status=1)).err
    monkeypatch.setenv("LANGNGHE_INTAKE_FORMER_KEKS", json.dumps({"kek-1": same}))
    assert "source keys rewrapped" in (await langnghe("keys", "rewrap")).out
    assert (await langnghe("keys", "rewrap")).out.startswith("everything is under the present key")
    monkeypatch.setenv("LANGNGHE_INTAKE_KEK_ID", "kek-1")
    monkeypatch.setenv("LANGNGHE_INTAKE_FORMER_KEKS", json.dumps({"kek-2": same}))
    assert "source keys rewrapped" in (await langnghe("keys", "rewrap")).out


async def test_recipients_from_a_sheet(langnghe: Command, tmp_path: Path) -> None:
    sheet = tmp_path / "recipients.csv"
    sheet.write_text(
        "id,body,channel,address\nmttq,mttq@uabcdef,email,mttq@example.org\nbad,mttq@uabcdef,pigeon,x\n",
        encoding="utf-8-sig",
    )
    loaded = (await langnghe("recipients", "load", sheet, "--json", status=1)).json
    assert loaded == {"rows": 2, "changed": 1, "refused": [{"row": 2, "column": "channel"}]}
    assert "0 new or different" in (await langnghe("recipients", "load", sheet, status=1)).out
    sheet.write_text("name\nx\n")
    assert (
        "no column address, body, channel, id" in (await langnghe("recipients", "load", sheet, status=1)).err
    )
    await langnghe("recipients", "load", tmp_path / "none.csv", status=2)


@pytest.fixture
def admin(installation: Installation) -> Iterator[KafkaAdminClient]:
    client = KafkaAdminClient(bootstrap_servers=installation.bootstrap)
    yield client
    client.close()


async def test_topics_are_planned_applied_and_refused(langnghe: Command, admin: KafkaAdminClient) -> None:
    assert "as the table says" in (await langnghe("topics", "plan")).out
    delete_topics(admin, ["situation.events"])
    missing = (await langnghe("topics", "plan", "--json", status=1)).json
    assert missing == [
        {"topic": "situation.events", "setting": None, "wanted": "present", "found": None, "matters": True}
    ]
    assert "situation.events" in (await langnghe("topics", "apply")).out
    assert "nothing to change" in (await langnghe("topics", "apply")).out


async def test_the_contracts_are_as_the_models_are(langnghe: Command) -> None:
    assert "as the models are" in (await langnghe("contracts", "check")).out
