"""What is fed: signed submissions made from the sample corpus, no two alike, told over the last weeks."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import uuid_utils

from services.intake.domain.record import SUBMITTED_TYPE
from services.intake.domain.signature import Signed, sign
from shared.messaging.envelope import new_trace

SOURCE = "https://bench.example/upstream"
KEY_ID, KEY = "bench-1", bytes(range(32))
TOKEN = "a-token-of-the-source-that-only-the-benchmark-has"  # noqa: S105 - registered only in a temporary installation
CORPUS = Path(__file__).parents[1] / "data" / "reports-vi.jsonl"
WEEKS = timedelta(weeks=3)
_OBSERVED = {"group": "nhan_dan", "breadth": "nhieu", "people": 40, "second_hand": False}
_STANCES = ("tan_thanh", "phan_doi", "ban_khoan")

Record = tuple[bytes, bytes, list[tuple[str, bytes]]]
"""Key, value and headers of a Kafka record."""


def submissions(count: int, *, seed: int = 24, now: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Bodies as an upstream channel sends them. One in eight is an observation.

    Each text ends with a number of its own, so that nothing can be remembered by the whole text.
    """
    dice = random.Random(seed)
    told = [orjson.loads(line) for line in CORPUS.read_bytes().splitlines()]
    end = now or datetime.now(UTC)
    for number in range(count):
        sample = told[number % len(told)]
        body = {
            "text": f"{sample['text']} Lần gửi {number}.",
            "channel": sample["channel"],
            "submitted_at": (end - dice.random() * WEEKS).isoformat(),
        }
        for name in ("place_hint", "reporter_unit"):
            if sample[name]:
                body[name] = sample[name]
        if dice.random() < 0.125:
            body["purpose"] = "observation"
            body["observation"] = {**_OBSERVED, "stance": dice.choice(_STANCES)}
        yield body


def records(count: int, *, seed: int = 24, now: datetime | None = None) -> Iterator[Record]:
    """The same as signed records of `reports.submitted`, with fresh ids."""
    for body in submissions(count, seed=seed, now=now):
        yield signed(orjson.dumps(body), (now or datetime.now(UTC)).isoformat())


def signed(payload: bytes, time: str) -> Record:
    """A record that the source has signed."""
    event_id = str(uuid_utils.uuid7())
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id.encode()),
        ("ce_source", SOURCE.encode()),
        ("ce_type", SUBMITTED_TYPE.encode()),
        ("ce_time", time.encode()),
        ("content-type", b"application/json"),
        ("traceparent", new_trace().encode()),
        ("ln_keyid", KEY_ID.encode()),
        ("ln_signature", sign(KEY, Signed(SOURCE, event_id, time, payload)).encode()),
    ]
    return f"{SOURCE}{event_id}".encode(), payload, headers
