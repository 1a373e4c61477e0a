"""Positions, lag and the checker from the command line, with records settled and records left unread."""

from deploy.cli.commands.topics import drained
from deploy.local.installation import Installation
from shared.contracts.topics import TOPICS
from tests.e2e.world import World
from tests.integration.cli.conftest import Command
from tests.integration.intake.support import fresh_id, headers, send


async def test_positions_lag_and_gaps(installation: Installation, langnghe: Command, world: World) -> None:
    await send(installation, [(b"?", headers(fresh_id(), b"?"))])
    await world.quiet()
    for topic in TOPICS:
        assert await drained(installation, topic), topic
    assert (await langnghe("check", "--json")).json["holds"] is True
    world.running.stop("intake")
    await send(installation, [(b"?", headers(fresh_id(), b"?"))] * 2)

    lag = (await langnghe("lag", "--json")).json
    rows = [r for r in lag if r["behind"] and r["topic"] == "reports.submitted"]
    assert sum(r["behind"] for r in rows) == 2
    row = rows[0]
    where = (row["group"], row["topic"], row["partition"])
    before = await _position(langnghe, where)
    assert before["consumed"] == before["fresh"] + before["duplicate"] + before["dead"]

    gap = ("positions", "accept-gap", *where, "--by", "an", "--to")
    assert "beyond" in (await langnghe(*gap, row["end"] + 1, status=1)).err
    told = (await langnghe(*gap, row["end"])).out
    assert f"{row['behind']} offsets given up by an" in told
    after = await _position(langnghe, where)
    assert (after["next_offset"], after["gap"]) == (row["end"], row["behind"])
    assert "nothing was changed" in (await langnghe(*gap, row["end"], status=1)).err
    nobody = ("positions", "accept-gap", "x", *where[1:], "--by", "an", "--to", 1)
    assert "no group" in (await langnghe(*nobody, status=1)).err
    assert not await drained(installation, "reports.submitted")
    report = (await langnghe("check", "--json", status=1)).json
    assert report["invariants"]["I9"]["verdict"] is False
    assert "I6: true" in (await langnghe("check", status=1)).out
    assert "behind in all" in (await langnghe("lag")).out
    assert row["group"] in (await langnghe("positions")).out


async def _position(langnghe: Command, where: tuple[str, str, int]) -> dict[str, int]:
    rows = (await langnghe("positions", "--json")).json
    return next(r for r in rows if (r["consumer_group"], r["topic"], r["partition"]) == where)
