"""Records that no program of ours would write: each goes to the dead letters, and its batch takes effect."""

from typing import Any

import orjson

from shared.messaging.dead_letters import thaw
from tests.integration.ground.ground import Ground, envelope, wanted

GOOD = orjson.dumps({"key": "good", "n": 1})
BAD: dict[str, dict[str, Any]] = {
    "tombstone": {"value": None, "key": b"k"},
    "empty value": {"value": b""},
    "not JSON": {"value": b"{"},
    "invalid UTF-8": {"value": b'{"key": "\xff", "n": 1}'},
    "U+0000": {"value": b'{"key": "a\\u0000b", "n": 1}'},
    "lone surrogate": {"value": b'{"key": "\\ud800", "n": 1}'},
    "out of range": {"value": b'{"key": "a", "n": 9223372036854775807000}'},
    "null header": {"value": GOOD, "headers": [*envelope(), ("x", None)]},
    "non-UTF-8 header": {"value": GOOD, "headers": [*envelope(), ("x", b"\xff\xfe")]},
    "no headers": {"value": GOOD, "headers": []},
}


async def test_bad_records_among_good_ones(ground: Ground) -> None:
    """All in one batch: the ten go to the dead letters, the fifty take effect."""
    effects = wanted(5, 10)
    await ground.send(effects[:25])
    await ground.send_raw(*({"partition": 0, **bad} for bad in BAD.values()))
    await ground.send(effects[25:])
    ground.start(batch=500)
    await ground.has(set(effects))
    reasons = [letter["reason"] for letter in await ground.letters()]
    assert reasons == [
        "tombstone",
        "tombstone",
        "invalid_body",
        "invalid_body",
        "sqlstate_22021",
        "invalid_body",
        "sqlstate_22000",
        "bad_header",
        "bad_header",
        "bad_header",
    ]
    sums = await ground.position_sums()
    assert sums == {"consumed": 60, "fresh": 50, "duplicate": 0, "dead": 10, "holes": 0, "gap": 0}
    await ground.sound()


async def test_a_poison_body_in_a_batch_of_500(ground: Ground) -> None:
    effects = wanted(1, 499)
    await ground.send(effects[:250])
    await ground.send_raw({"value": b'{"poison": true, "key": "p", "n": 1}', "key": b"k0"})
    await ground.send(effects[250:])
    ground.start(batch=500)
    await ground.has(set(effects))
    (letter,) = await ground.letters()
    assert letter["reason"] == "sqlstate_22012"
    frozen = thaw(letter["payload"], letter["topic"], letter["partition"], letter["record_offset"])
    assert (frozen.key, frozen.value) == (b"k0", b'{"poison": true, "key": "p", "n": 1}')


async def test_a_header_name_that_is_not_utf8(ground: Ground) -> None:
    """Kafka takes it; aiokafka's decoder would raise out of the poll and the partition would stand still."""
    effects = wanted(5, 40)
    await ground.send(effects[:100])
    await ground.send_name(b"x-\xff\xfe", partition=0)
    await ground.send(effects[100:])
    ground.start(batch=50)
    await ground.has(set(effects))
    (letter,) = await ground.letters()
    assert letter["reason"] == "bad_header"
    frozen = thaw(letter["payload"], letter["topic"], letter["partition"], letter["record_offset"])
    assert frozen.headers[-1][0].encode("utf-8", "surrogateescape") == b"x-\xff\xfe"
    sums = await ground.position_sums()
    assert (sums["fresh"], sums["dead"], sums["holes"]) == (200, 1, 0)
