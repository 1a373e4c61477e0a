"""A key's partition is the one that aiokafka, and with it every client of Kafka, would choose."""

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.partitions import partitions_of


@given(st.lists(st.binary(max_size=60), max_size=40), st.integers(1, 64))
def test_keys_of_any_length(keys: list[bytes], partitions: int) -> None:
    choose, numbers = DefaultPartitioner(), list(range(partitions))
    assert partitions_of(keys, partitions) == [choose(key, numbers, numbers) for key in keys]


def test_keys_as_kafka_s_own_tests_have_them() -> None:
    """Hashes of UtilsTest.testMurmur2 in Apache Kafka, as partitions of the largest number there can be."""
    known = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536,
             b"a-little-bit-longer-string": -1486304829, b"abc": 479470107}  # fmt: skip
    most = 2**31
    assert partitions_of(list(known), most) == [value & 0x7FFFFFFF for value in known.values()]
