"""A key-encryption key is lost sight of, and changed: one source suffers, no other; then all opens again."""

import base64
import json
from uuid import UUID, uuid4

import httpx2
import pytest

from deploy.cli.dead_letters.letters import Ref
from deploy.cli.dead_letters.settle import redrive
from deploy.cli.owners import owner
from deploy.local.installation import Installation
from services.intake.domain.envelopes import open_bytes
from services.intake.domain.sealing import KekRing, KekUnknown, Sealed, open_sealed
from services.intake.use_cases.register_sources import Registration, register_sources
from services.intake.use_cases.rewrap import rewrap_all
from shared.database import Database
from tests.integration.intake.support import body, fresh_id, headers, reading, ring, send, settled
from tests.support import Running, eventually

OTHER = Registration("https://tongdai.example", "Tổng đài", {"2026-1": b"o" * 32}, "t" * 40)
STRANGE = KekRing({"kek-lost": b"?" * 32}, "kek-lost")


async def seal_source(installation: Installation, under: KekRing) -> None:
    """Register the other source with its key under `under`."""
    database = Database(installation.dsn("intake"), "intake")
    await database.open()
    async with database.transaction() as tx:
        await register_sources(tx, under, [OTHER])
    await database.close()


async def test_a_source_whose_keys_do_not_open_holds_up_nobody_else(
    intake: httpx2.AsyncClient, installation: Installation, service: Running
) -> None:
    before = await settled(installation, 0)
    await seal_source(installation, STRANGE)
    lost, payload = fresh_id(), body("Tôi là Trần Canary, đường vỡ")
    theirs = (payload, headers(lost, payload, key=OTHER.keys["2026-1"], source=OTHER.id))
    mine = [(body(), headers(fresh_id(), body())) for _ in range(50)]
    await send(installation, [*mine[:25], theirs, *mine[25:]])
    after = await settled(installation, before["consumed"] + 51)
    assert (after["fresh"] - before["fresh"], after["dead"] - before["dead"]) == (50, 1)
    async with reading(installation) as db:
        letter = await db.fetchrow("SELECT * FROM dead_letters WHERE reason = 'source_keys_sealed'")
    assert letter is not None
    assert b"Canary" not in letter["payload"]

    async def not_ready() -> bool:
        return "keys of 1 sources" in (await intake.get("/readyz")).text

    await eventually(not_ready, what="readiness to say that a source's keys are sealed")
    assert f'"source": "{OTHER.id}"' in service.log("intake").read_text()
    assert "langnghe_intake_sealed_source_keys 1.0" in (await intake.get("/metrics")).text

    await seal_source(installation, ring(installation))
    async with owner(installation, "intake") as redriver:
        assert (await redrive(redriver, Ref("intake", letter["id"]), "test")).told == "fresh"
    async with reading(installation) as db:
        assert await db.fetchval("SELECT count(*) FROM submissions WHERE submission_key = $1", lost) == 1
    await service.ready("intake")


async def test_a_whole_rotation(
    intake: httpx2.AsyncClient, installation: Installation, service: Running
) -> None:
    secret = "Trần Thị Canary"
    await seal_source(installation, ring(installation))
    told = {"text": "Đường vỡ", "contact": {"name": secret}, "consent": True}
    ids = []
    for _ in range(7):
        answer = await intake.post("/v1/reports", json=told, headers={"Idempotency-Key": str(uuid4())})
        ids.append(UUID(answer.json()["report_id"]))
    before = await settled(installation, 0)
    await send(installation, [(body(), [])])
    await settled(installation, before["consumed"] + 1)
    first = ring(installation)
    key = base64.b64decode(installation.secret("kek"))
    both, second = (
        KekRing({"kek-1": key, "kek-2": b"2" * 32}, "kek-2"),
        KekRing({"kek-2": b"2" * 32}, "kek-2"),
    )
    with pytest.raises(KekUnknown):
        await everything_opens(installation, second, ids, secret)

    service.stop("intake")
    env = {
        "LANGNGHE_INTAKE_KEK": base64.b64encode(b"2" * 32).decode(),
        "LANGNGHE_INTAKE_KEK_ID": "kek-2",
    }
    service.start(
        "intake",
        env={**env, "LANGNGHE_INTAKE_FORMER_KEKS": json.dumps({"kek-1": installation.secret("kek")})},
    )
    await service.ready("intake")
    await everything_opens(installation, both, ids, secret)
    database = Database(installation.dsn("intake"), "intake")
    await database.open()
    done = [batch async for batch in rewrap_all(database, both, batch=3)]
    assert {b.kind for b in done} == {"source keys", "dead letters", "identities"}
    assert not sum(b.unopened for b in done)
    assert sum(b.done for b in done if b.kind == "identities") >= len(ids)
    assert [batch async for batch in rewrap_all(database, both)] == []

    service.stop("intake")
    service.start("intake", env=env)
    await service.ready("intake")
    await everything_opens(installation, second, ids, secret)
    payload, before = body(), await settled(installation, 0)
    await send(installation, [(payload, headers(fresh_id(), payload))])
    after = await settled(installation, before["consumed"] + 1)
    assert after["fresh"] - before["fresh"] == 1

    # What no key of the ring opens stays as it is, and is said.
    left = [batch async for batch in rewrap_all(database, first)]
    await database.close()
    assert sum(b.unopened for b in left) == sum(b.done for b in done) + 1  # the record of a moment ago
    assert not sum(b.done for b in left)
    await everything_opens(installation, second, ids, secret)


async def everything_opens(installation: Installation, by: KekRing, ids: list[UUID], secret: str) -> None:
    """Open the identities of `ids`, each key of a source and each letter. Raises KekUnknown, SealBroken."""
    async with reading(installation) as db:
        identities = await db.fetch("SELECT * FROM identities WHERE report_id = ANY ($1::uuid[])", ids)
        keys = await db.fetch("SELECT sealed_key FROM source_keys")
        letters = await db.fetch("SELECT payload FROM dead_letters WHERE payload IS NOT NULL")
    assert len(identities) == len(ids)
    assert letters
    for row in identities:
        sealed = Sealed(row["key_id"], row["wrapped_key"], row["nonce"], row["ciphertext"])
        assert json.loads(open_sealed(by, row["report_id"], sealed))["contact"] == {"name": secret}
    for row in keys:
        assert len(open_bytes(by, "source-key", row["sealed_key"])) == 32
    for row in letters:
        assert open_bytes(by, "dead-letter", row["payload"])
