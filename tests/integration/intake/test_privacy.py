"""What is personal is nowhere but under seal: not on a topic, in a log, a metric, a table, an answer."""

from uuid import uuid4

import asyncpg
import httpx2

from deploy.local.installation import Installation
from tests.integration.intake.support import TOKEN, body, fresh_id, headers, reading, send, settled, topic
from tests.support import Running

CANARIES = ("Canaryon", "0900000147", "0900 000 147", "canary@example.vn", "001200000147")
TEXT = "Tôi là Nguyễn Văn Canaryon, số 0900 000 147, CCCD 001200000147, canary@example.vn. Đường vỡ."
CONTACT = {"name": "Nguyễn Văn Canaryon", "phone": "0900000147", "email": "canary@example.vn"}


async def test_canaries_are_found_nowhere(
    intake: httpx2.AsyncClient, installation: Installation, service: Running
) -> None:
    report = {"text": TEXT, "contact": CONTACT, "consent": True, "place_hint": "Nhà ông Nguyễn Văn Canaryon"}
    answers = [await intake.post("/v1/reports", json=report, headers={"Idempotency-Key": str(uuid4())})]
    bad = {**report, "purpose": TEXT, TEXT: 1}
    answers.append(await intake.post("/v1/reports", json=bad, headers={"Idempotency-Key": str(uuid4())}))
    form = {"key": str(uuid4()), "text": TEXT, "consent": "1", **CONTACT}
    answers.append(await intake.get((await intake.post("/", data=form)).headers["location"]))
    sheet = f'Nội dung,Họ tên,Đồng ý,Loại\n"{TEXT}",Canaryon,x,\n"{TEXT}",Canaryon,x,0900000147\n'
    told = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/csv"}
    answers.append(await intake.post("/v1/sheets", content=sheet.encode(), headers=told))
    payloads = [body(TEXT, contact=CONTACT, consent=True), body(TEXT, **{"Canaryon": "0900000147"})]
    await send(installation, [(p, headers(fresh_id(), p)) for p in payloads] + [(payloads[0], [])])
    await settled(installation, 3)
    answers.append(await intake.get("/metrics"))

    places = {f"answer {n}": answer.text for n, answer in enumerate(answers)}
    places["log"] = service.log("intake").read_text(errors="replace")
    places["reports.events"] = "\n".join(
        (r.value + b"".join(v for _, v in r.headers)).decode() for r in topic(installation)
    )
    async with reading(installation) as db:
        for table in await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'intake'"):
            name = table["tablename"]
            rows = await db.fetch(f"SELECT t::text AS row FROM {name} t")
            raw = await _binary(db, name)
            places[f"table {name}"] = "\n".join(row["row"] for row in rows) + raw
    found = {(where, canary) for where, said in places.items() for canary in CANARIES if canary in said}
    assert not found
    assert "Đường vỡ" in places["reports.events"]


async def test_a_senders_own_words_are_in_no_event_and_no_readable_detail(
    intake: httpx2.AsyncClient, installation: Installation, service: Running
) -> None:
    before = await settled(installation, 0)
    name = f"Canaryid {fresh_id()}"
    sheet = f"Mã,Nội dung,Loại\n{name}-1,Đường vỡ,\n{name}-2,Đường vỡ,x\n"
    told = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/csv"}
    assert (await intake.post("/v1/sheets", content=sheet.encode(), headers=told)).status_code == 200
    good, bad = body(), body(channel="pigeon")
    records = [(good, headers(f"{name}-3", good)), (bad, headers(f"{name}-4", bad))]
    odd = [(n, b"Canaryid.v1" if n == "ce_type" else v) for n, v in headers(fresh_id(), good)]
    named = [*headers(fresh_id(), good), ("ce_canaryid", None)]
    await send(installation, [*records, (good, odd), (good, named)])
    await settled(installation, before["consumed"] + 4)

    events = topic(installation)
    places = {
        "reports.events": b"\n".join(r.value + b"".join(v for _, v in r.headers) for r in events).decode(),
        "log": service.log("intake").read_text(errors="replace"),
        "metrics": (await intake.get("/metrics")).text,
    }
    async with reading(installation) as db:
        letters = await db.fetch("SELECT reason, detail FROM dead_letters")
    places["details"] = "\n".join(map(str, letters))
    assert not {where for where, said in places.items() if "canaryid" in said.lower()}
    assert {"unknown_type", "bad_header"} <= {row["reason"] for row in letters}
    causes = {dict(r.headers).get("ce_causationid") for r in events}
    assert causes == {None}


async def test_a_senders_id_that_is_a_uuid_is_the_cause_of_its_report(installation: Installation) -> None:
    before = await settled(installation, 0)
    own_id, payload = str(uuid4()), body()
    await send(installation, [(payload, headers(own_id, payload))])
    await settled(installation, before["consumed"] + 1)
    assert own_id.encode() in {dict(r.headers).get("ce_causationid") for r in topic(installation)}


async def _binary(db: "asyncpg.Connection[asyncpg.Record]", table: str) -> str:
    """What a text cast would show as hex digits only."""
    columns = await db.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND atttypid = 'bytea'::regtype",
        f"intake.{table}",
    )
    said = []
    for column in columns:
        rows = await db.fetch(f"SELECT {column['attname']} AS value FROM {table}")
        said += [bytes(row["value"] or b"").decode("utf-8", "replace") for row in rows]
    return "\n".join(said)
