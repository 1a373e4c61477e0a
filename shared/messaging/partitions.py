"""Which partition a key belongs to, for many keys at once: as Kafka's own clients choose it.

MurmurHash2 in 32 bits, as `org.apache.kafka.common.utils.Utils.murmur2`. aiokafka has it in pure Python, key
by key, which takes longer than all else that the relay does for a record.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_SEED: Final = 0x9747B28C
_MIX: Final = np.uint32(0x5BD1E995)
_POSITIVE: Final = 0x7FFFFFFF

_Hashes = NDArray[np.uint32]


def partitions_of(keys: Sequence[bytes], partitions: int) -> list[int]:
    """The partition, from 0, of each key in a topic of so many partitions."""
    by_length: dict[int, list[int]] = {}
    for index, key in enumerate(keys):
        by_length.setdefault(len(key), []).append(index)
    found = [0] * len(keys)
    for length, indices in by_length.items():
        hashes = _murmur2(b"".join([keys[index] for index in indices]), len(indices), length)
        for index, partition in zip(indices, ((hashes & _POSITIVE) % partitions).tolist(), strict=True):
            found[index] = partition
    return found


def _murmur2(joined: bytes, count: int, length: int) -> _Hashes:
    """The hashes of `count` keys of `length` bytes each, one after the other in `joined`."""
    whole = length & ~3
    columns = np.frombuffer(joined, dtype=np.uint8).reshape(count, length).T.astype(np.uint32)
    hashes = np.full(count, _SEED ^ length, dtype=np.uint32)
    for at in range(0, whole, 4):
        word = _little_endian(columns[at : at + 4]) * _MIX
        word ^= word >> np.uint32(24)
        hashes = hashes * _MIX ^ word * _MIX
    if length > whole:
        hashes = (hashes ^ _little_endian(columns[whole:])) * _MIX
    hashes = (hashes ^ hashes >> np.uint32(13)) * _MIX
    return hashes ^ hashes >> np.uint32(15)


def _little_endian(columns: NDArray[np.uint32]) -> _Hashes:
    """Up to four bytes a key as one number."""
    total: _Hashes = np.zeros(columns.shape[1], dtype=np.uint32)
    for place, column in enumerate(columns):
        total |= column << np.uint32(8 * place)
    return total
