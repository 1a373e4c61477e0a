"""The last mile: from a report over every hand that it passes to its reporter's last word, all services."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from deploy.local.installation import Installation
from shared.contracts.topics import TOPICS
from tests.e2e.world import World
from tests.integration.intake.support import topic
from tests.support import Running, eventually

TEXT = "Rác ở phường Vũ Ninh ba ngày không ai thu gom, bốc mùi"


class Hand:
    """One report's reporter at intake's door, and the officers at routing's."""

    def __init__(self, running: Running, code: str, case: str) -> None:
        self.intake, self.routing = running.url("intake"), running.url("routing")
        self.code, self.case = code, case

    async def order(self, name: str, by: str, **told: Any) -> dict[str, Any]:
        body = {"command_id": str(uuid4()), "by": by, **told}
        async with httpx2.AsyncClient(timeout=30) as client:
            answer = await client.post(f"{self.routing}/v1/cases/{self.case}/{name}", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def facts(self) -> dict[str, Any]:
        async with httpx2.AsyncClient(timeout=30) as client:
            found = (await client.get(f"{self.routing}/v1/cases/{self.case}")).json()
        facts: dict[str, Any] = found["facts"]
        return facts

    async def receipt(self, state: str) -> dict[str, Any]:
        """The receipt once it says so."""

        async def look() -> dict[str, Any]:
            async with httpx2.AsyncClient(timeout=30) as client:
                found: dict[str, Any] = (await client.get(f"{self.intake}/v1/reports/{self.code}")).json()
            return found if found["state"] == state else {}

        return await eventually(look, what=f"the receipt to say {state}")

    async def press(self, verdict: str) -> None:
        """The button on the receipt, twice, as an impatient thumb does."""
        async with httpx2.AsyncClient(timeout=30) as client:
            for _ in range(2):
                sent = await client.post(
                    f"{self.intake}/tra-cuu/{self.code}/y-kien", data={"y_kien": verdict}
                )
                assert sent.status_code == 303


@pytest.mark.slow
async def test_from_a_report_to_its_reporters_last_word(installation: Installation, running: Running) -> None:
    world = World(installation, running)
    await world.prepare()
    running.start_all()
    await running.ready("intake", "routing", "aggregation", "notify")
    async with httpx2.AsyncClient(timeout=30) as client:
        key = {"Idempotency-Key": str(uuid4())}
        made = (
            await client.post(f"{running.url('intake')}/v1/reports", json={"text": TEXT}, headers=key)
        ).json()
    hand = Hand(running, made["tracking_code"], made["report_id"])
    await hand.receipt("opened")
    opened = await hand.facts()
    front, office = opened["listening_owner"], opened["resolving_owner"]
    seat = front.partition("@")[2]

    # Nobody's: twice given back, then the committee above both decides.
    await hand.order("return", office, note="thuộc phòng khác")
    await hand.order("forward", front, to=f"phong_kinh_te@{seat}")
    await hand.order("return", f"phong_kinh_te@{seat}", note="không phải của phòng")
    superior = (await hand.facts())["resolving_owner"]
    assert superior == f"ubnd@{seat}"
    await hand.order("forward", superior, to=office)
    await hand.order("accept", office)
    await hand.order("answer", office, outcome="partly", note="đã dọn một nửa")

    answered = await hand.receipt("answered")
    assert (answered["outcome"], answered["feedback_wanted"]) == ("partly", True)
    await hand.press("object")
    await hand.receipt("disputed")
    above = (await hand.facts())["resolving_owner"]
    assert above.startswith("ubnd@")
    assert above != superior

    await hand.order("answer", above, outcome="settled")
    await hand.order("tell", front)
    await hand.receipt("told")
    await hand.press("agree")
    done = await hand.receipt("closed")
    assert (done["feedback"], done["feedback_wanted"]) == ("agree", False)
    await world.sound()
    told = "SELECT count(*) FROM intake.feedback WHERE report_id = $1"
    assert await world.value(told, made["report_id"]) == 2
    assert not heard(installation, running)


def heard(installation: Installation, running: Running) -> list[str]:
    """Where an officer's note came to that only officers may read: no topic, no log."""
    notes = ("thuộc phòng khác", "không phải của phòng", "đã dọn một nửa")
    said = {name: b"".join(r.value or b"" for r in topic(installation, name)).decode() for name in TOPICS}
    said |= {name: running.log(name).read_text(errors="replace") for name in running.processes}
    return [where for where, words in said.items() if any(note in words for note in notes)]
