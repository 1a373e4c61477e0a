"""`langnghe replay` tells what other rules would have done, and writes nothing; every version is kept."""

import hashlib
import re
import shutil
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

import services.routing.rules as delivered
from deploy.cli.place import database as opened
from deploy.local.installation import Installation
from services.routing.rules import standard
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.load_map import load_map
from shared.database import Database
from shared.map_store import MapHolder
from tests.integration.cli.conftest import Command
from tests.integration.routing.support import apply, erased, report, withdrawn
from tests.unit.routing.test_parts import MIXED

COUNT = 6
_TABLES = "SELECT format('%I.%I', schemaname, relname) AS name FROM pg_stat_user_tables ORDER BY 1"
_DIGEST = "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {} AS t"


@pytest.fixture
async def routing(installation: Installation) -> AsyncIterator[Database]:
    async with opened(installation, "routing") as database:
        yield database


@pytest.fixture
async def past(routing: Database) -> list[UUID]:
    """Six cases about rubbish, one of them ended since, one of an erased reporter."""
    await load_map(routing)
    made = [report() for _ in range(COUNT)]
    await apply(routing, *made, withdrawn(made[0].report_id), erased(made[1].report_id))
    return [one.report_id for one in made]


@pytest.fixture
def other_rules(tmp_path: Path) -> Path:
    """The delivered rules, but that another body settles rubbish, in less time."""
    for file in Path(delivered.__file__).parent.glob("*.toml"):
        shutil.copy(file, tmp_path)
    replaced = {
        "competences.toml": (
            'rac-thai = ["mttq", "tt_dich_vu_cong"]',
            'rac-thai = ["mttq", "phong_kinh_te"]',
        ),
        "deadlines.toml": (
            'id = "phan-anh.thuong"\nkind = "settle"\namount = 7',
            'id = "phan-anh.thuong"\nkind = "settle"\namount = 5',
        ),
    }
    for name, (old, new) in replaced.items():
        text = (tmp_path / name).read_text()
        assert old in text
        (tmp_path / name).write_text(text.replace(old, new))
    return tmp_path


async def everything(installation: Installation) -> str:
    """A digest of all rows of every schema."""
    admin = await asyncpg.connect(installation.admin_dsn)
    try:
        tables = await admin.fetch(_TABLES)
        found = []
        for table in tables:
            rows = await admin.fetchval(_DIGEST.format(table["name"]))
            found.append(f"{table['name']} {rows}")
        return hashlib.sha256("\n".join(found).encode()).hexdigest()
    finally:
        await admin.close()


async def test_other_rules_are_tried_on_the_past_and_nothing_is_written(
    installation: Installation, langnghe: Command, past: list[UUID], other_rules: Path
) -> None:
    before = await everything(installation)
    said = (await langnghe("replay", "--rules", other_rules, "--since", "2026-11-01", "--json")).json
    assert (said["decided"], said["changed"], said["erased"]) == (COUNT - 1, COUNT - 1, 1)
    groups = {group["field"]: group for group in said["groups"]}
    assert set(groups) == {"resolving_owner", "settle_by"}
    owner = groups["resolving_owner"]
    assert (owner["category"], owner["unit"], owner["cases"]) == ("rac-thai", "Phường Vũ Ninh", COUNT - 1)
    assert (owner["was"], owner["now"]) == ("tt_dich_vu_cong@Phường Vũ Ninh", "phong_kinh_te@Phường Vũ Ninh")
    assert groups["settle_by"]["now"] == "-2 d"
    table = (await langnghe("replay", "--rules", other_rules, "--since", "2026-11-01")).out
    assert "phong_kinh_te@Phường Vũ Ninh" in table
    assert await everything(installation) == before


async def test_the_same_rules_change_nothing_and_a_later_day_has_nothing(
    langnghe: Command, past: list[UUID], other_rules: Path
) -> None:
    same = Path(delivered.__file__).parent
    said = (await langnghe("replay", "--rules", same, "--since", "2026-11-01", "--json")).json
    assert (said["changed"], said["groups"]) == (0, [])
    assert said["decided"] >= COUNT - 1
    assert said["rules"] == standard().version
    later = (await langnghe("replay", "--rules", other_rules, "--since", "2027-01-01")).out
    assert "nothing would have been otherwise" in later


async def test_a_further_matter_is_compared_with_its_own_case(
    langnghe: Command, routing: Database, other_rules: Path
) -> None:
    await load_map(routing)
    day = date(2026, 12, 1)
    await apply(routing, report(MIXED, report_date=day))
    same = Path(delivered.__file__).parent
    said = (await langnghe("replay", "--rules", same, "--since", day, "--json")).json
    assert (said["decided"], said["changed"]) == (2, 0)
    # Rules that know nothing of the second matter make one case of it.
    for name in (
        "lexicon-dat-nuoc.toml",
        "lexicon-ha-tang.toml",
        "lexicon-xa-hoi.toml",
        "lexicon-bo-may.toml",
    ):
        text = (other_rules / name).read_text()
        (other_rules / name).write_text(re.sub(r"^strong = \[[^\]]*\]", "strong = []", text, flags=re.M))
    said = (await langnghe("replay", "--rules", other_rules, "--since", day, "--json")).json
    lost = [group for group in said["groups"] if group["field"] == "part"]
    assert [(group["now"], group["cases"]) for group in lost] == [(None, 1)]


async def test_what_was_placed_by_its_coordinates_is_placed_by_them_again(
    langnghe: Command, routing: Database
) -> None:
    await load_map(routing)
    day = date(2026, 12, 2)
    market = {"latitude": 21.1861, "longitude": 106.0763}
    sent = report("Rác ở đây ba ngày không ai thu gom", report_date=day, location=market)
    await apply(routing, sent)
    async with routing.connection() as tx:
        unit = await tx.fetchval("SELECT unit FROM cases WHERE case_id = $1", sent.report_id)
    assert unit is not None
    same = Path(delivered.__file__).parent
    said = (await langnghe("replay", "--rules", same, "--since", day, "--json")).json
    assert (said["decided"], said["changed"], said["groups"]) == (1, 0, [])
    await langnghe("verify", sent.report_id)


async def test_rules_that_contradict_themselves_are_refused_by_line(
    langnghe: Command, other_rules: Path
) -> None:
    file = other_rules / "competences.toml"
    file.write_text(file.read_text().replace('"phong_kinh_te"]', '"phong_la"]', 1))
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if "phong_la" in text)
    for command in (
        ("replay", "--rules", other_rules, "--since", "2026-11-01"),
        ("rules", "check", other_rules),
    ):
        said = await langnghe(*command, status=1)
        assert f"competences.toml:{line}:" in said.err
        assert "unknown body phong_la" in said.err


async def test_every_version_that_decided_is_kept_and_can_be_read(
    installation: Installation, langnghe: Command, past: list[UUID], routing: Database, other_rules: Path
) -> None:
    units = MapHolder(routing)
    await units.refresh()
    for folder in (Path(delivered.__file__).parent, other_rules, other_rules):
        holder = BasisHolder(units, folder, "24", routing)
        await holder.refresh()
    listed = [row["version"] for row in (await langnghe("rules", "list", "--json")).json]
    assert listed == [standard().version, holder.current.rules.version]
    assert "deadlines.toml" in (await langnghe("rules", "show", listed[0])).out
    assert "amount = 7" in (await langnghe("rules", "show", listed[0], "deadlines.toml")).out
    assert "never decided here" in (await langnghe("rules", "show", "rules-0", status=1)).err
