"""Record batches are read as aiokafka reads them, but for header names that are not UTF-8."""

import struct
from collections.abc import Sequence

import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c_py

from shared.messaging.lenient_records import LenientRecords

NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)
PLACEHOLDER, BAD = b"#####", b"x-\xff\xfe\x80"


def _batch(names: Sequence[bytes], codec: int, *, base: int = 0) -> bytes:
    builder = DefaultRecordBatchBuilder(
        2, NONE, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=0, batch_size=100_000
    )
    for at, name in enumerate(names):
        shown = PLACEHOLDER if name == BAD else name
        builder.append(at, 1_000 + at, b"k%d" % at, b"v%d" % at, [(shown.decode(), b"h")])
    raw = bytearray(bytes(builder.build()).replace(PLACEHOLDER, BAD))
    if codec != NONE:
        raw = _compressed(raw, codec)
    struct.pack_into(">q", raw, 0, base)
    struct.pack_into(">I", raw, 17, calc_crc32c_py(raw[21:]))
    return bytes(raw)


def _compressed(raw: bytearray, codec: int) -> bytearray:
    from aiokafka import codec as codecs

    encode = {
        GZIP: codecs.gzip_encode,
        SNAPPY: codecs.snappy_encode,
        LZ4: codecs.lz4_encode,
        ZSTD: codecs.zstd_encode,
    }
    packed = bytearray(raw[:61]) + bytearray(encode[codec](bytes(raw[61:])))
    struct.pack_into(">i", packed, 8, len(packed) - 12)
    struct.pack_into(">h", packed, 21, codec)
    return packed


def _read(raw: bytes) -> list[tuple[int, bytes, str]]:
    records = LenientRecords(raw)
    found = []
    while records.has_next():
        batch = records.next_batch()
        assert batch is not None
        assert batch.validate_crc()
        found += [(record.offset, record.value, record.headers[0][0]) for record in batch]
    return found


@pytest.mark.parametrize("codec", [NONE, GZIP, SNAPPY, LZ4, ZSTD])
def test_every_record_is_read_once_and_in_order(codec: int) -> None:
    raw = (
        _batch([b"a", BAD, b"c"], codec) + _batch([b"d", b"e"], codec, base=3) + _batch([BAD], codec, base=5)
    )
    bad = BAD.decode("utf-8", "surrogateescape")
    assert [(at, name) for at, _, name in _read(raw)] == [
        (0, "a"),
        (1, bad),
        (2, "c"),
        (3, "d"),
        (4, "e"),
        (5, bad),
    ]


def test_a_readable_batch_is_left_to_the_fast_reader() -> None:
    (first, second) = _read(_batch([b"a", "ê".encode()], LZ4))
    assert first == (0, b"v0", "a")
    assert second == (1, b"v1", "ê")


def test_a_batch_that_is_cut_off_is_not_offered() -> None:
    whole, cut = _batch([b"a"], NONE), _batch([b"b"], NONE, base=1)[:-3]
    assert [at for at, _, _ in _read(whole + cut)] == [0]
