"""Kafka records as a consumer gets them."""

from aiokafka import ConsumerRecord

from deploy.cli.bench.samples import Record


def record(topic: str, made: Record) -> "ConsumerRecord[bytes, bytes]":
    key, value, headers = made
    sizes = {"checksum": None, "serialized_key_size": 0, "serialized_value_size": 0}
    return ConsumerRecord(
        topic=topic, partition=0, offset=0, timestamp=0, timestamp_type=1, key=key, value=value,
        headers=tuple(headers), **sizes,
    )  # fmt: skip
