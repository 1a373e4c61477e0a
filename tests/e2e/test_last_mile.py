"""The last mile: from a report over every hand that it passes to its reporter's last word, all services."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from deploy.local.installation import Installation
from shared.contracts.topics import TOPICS
from tests.e2e.world import World
from tests.integration.intake.support import topic
from tests.support import Running, eventually

TEXT = "Rác ở phường Vũ Ninh ba ngày không ai thu gom, bốc mùi"
MIXED = (
    "Phường Võ Cường có hai việc: rác thải ở ngõ chợ ba ngày chưa thu gom, bãi rác bốc mùi. "
    "Ngoài ra đèn đường ở dốc cháy bốn bóng, cột điện nghiêng."
)


class Hand:
    """The reporter of one case at intake's door, and the officers at routing's."""

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
        """What the receipt tells of the case, once it says so."""

        async def look() -> dict[str, Any]:
            async with httpx2.AsyncClient(timeout=30) as client:
                found: dict[str, Any] = (await client.get(f"{self.intake}/v1/reports/{self.code}")).json()
            matters = found.get("matters", [found | {"case_id": self.case}])
            return next((m for m in matters if m["case_id"] == self.case and m["state"] == state), {})

        return await eventually(look, what=f"the receipt to say {state}")

    async def press(self, verdict: str) -> None:
        """The button on the receipt, twice, as an impatient thumb does."""
        async with httpx2.AsyncClient(timeout=30) as client:
            for _ in range(2):
                sent = await client.post(
                    f"{self.intake}/tra-cuu/{self.code}/y-kien", data={"y_kien": verdict, "viec": self.case}
                )
                assert sent.status_code == 303


@pytest.mark.slow
async def test_from_a_report_to_its_reporters_last_word(installation: Installation, running: Running) -> None:
    world = World(installation, running)
    await world.start()
    hand = await sent(running, TEXT)
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
    assert await world.value(told, hand.case) == 2
    assert not heard(installation, running)


@pytest.mark.slow
async def test_each_matter_of_a_mixed_report_goes_its_own_last_mile(
    installation: Installation, running: Running
) -> None:
    world = World(installation, running)
    await world.start()
    root = await sent(running, MIXED)
    await root.receipt("opened")
    part = Hand(running, root.code, str(await world.value(_PART, UUID(root.case))))
    await part.receipt("opened")
    for hand, outcome in ((root, "settled"), (part, "partly")):
        office = (await hand.facts())["resolving_owner"]
        await hand.order("accept", office)
        await hand.order("answer", office, outcome=outcome, note="đã dọn một nửa")
        await hand.receipt("answered")

    await part.press("object")
    assert (await part.receipt("disputed"))["category"] == "dien-chieu-sang"
    untouched = await root.receipt("answered")
    assert (untouched["feedback"], untouched["feedback_wanted"]) == (None, True)

    await root.order("tell", (await root.facts())["listening_owner"])
    await root.press("agree")
    await root.receipt("closed")
    assert (await part.facts())["state"] == "disputed"
    await part.order("answer", (await part.facts())["resolving_owner"], outcome="settled")
    await part.press("agree")
    await part.receipt("closed")
    await world.sound()
    assert not heard(installation, running)


_PART = "SELECT case_id FROM routing.cases WHERE root_id = $1 AND case_id <> root_id"


async def sent(running: Running, text: str) -> Hand:
    """A report as the web page's API sends it."""
    async with httpx2.AsyncClient(timeout=30) as client:
        key = {"Idempotency-Key": str(uuid4())}
        answer = await client.post(f"{running.url('intake')}/v1/reports", json={"text": text}, headers=key)
    made = answer.json()
    return Hand(running, made["tracking_code"], made["report_id"])


def heard(installation: Installation, running: Running) -> list[str]:
    """Where an officer's note came to that only officers may read: no topic, no log."""
    notes = ("thuộc phòng khác", "không phải của phòng", "đã dọn một nửa")
    said = {name: b"".join(r.value or b"" for r in topic(installation, name)).decode() for name in TOPICS}
    said |= {name: running.log(name).read_text(errors="replace") for name in running.processes}
    return [where for where, words in said.items() if any(note in words for note in notes)]
