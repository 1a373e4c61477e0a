"""Record batches whose header *names* are not UTF-8, read all the same.

Kafka checks no header's name. aiokafka decodes it strictly while it unpacks a batch, so one such record of
an outsider would raise out of `getmany` again and again: the partition could never be read past it. Here a
batch that cannot be unpacked strictly is unpacked once more with `surrogateescape`, which loses no byte; the
record then goes to the dead letters (`read_headers` refuses such a name).
"""

from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy


class _LenientBytes(bytearray):
    """Bytes whose slices decode any input."""

    def __getitem__(self, where: Any) -> Any:
        found = super().__getitem__(where)
        return _LenientBytes(found) if isinstance(where, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "surrogateescape") -> str:
        return super().decode(encoding, errors)


class LenientBatch:
    """aiokafka's batch, but for the way in which its records are unpacked."""

    def __init__(self, strict: Any, raw: memoryview) -> None:
        self._strict = strict
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._strict, name)

    def __next__(self) -> Any:
        return next(self._strict)

    def __iter__(self) -> Iterator[Any]:
        done = -1
        try:
            for record in self._strict:
                done = record.offset
                yield record
        except UnicodeDecodeError:
            yield from (record for record in self._unpack_leniently() if record.offset > done)

    def _unpack_leniently(self) -> Iterator[Any]:
        batch = _DefaultRecordBatchPy(self._raw)
        batch._maybe_uncompress()
        batch._buffer = _LenientBytes(batch._buffer)
        return iter(batch)


class LenientRecords:
    """Stands where aiokafka's MemoryRecords stands: the batches of one partition of a fetch response."""

    def __init__(self, raw: bytes) -> None:
        self._strict = MemoryRecords(raw)
        # Unpacks nothing: it only finds where each batch begins and ends.
        self._slices = _MemoryRecordsPy(raw)

    def size_in_bytes(self) -> int:
        return int(self._strict.size_in_bytes())

    def has_next(self) -> bool:
        return bool(self._strict.has_next())

    def next_batch(self) -> LenientBatch | None:
        raw = self._slices._next_slice
        self._slices._cache_next()
        batch = self._strict.next_batch()
        return None if batch is None or raw is None else LenientBatch(batch, raw)


def install() -> None:
    """Have aiokafka's consumers of this process read leniently. Harmless when repeated."""
    fetcher.MemoryRecords = LenientRecords
