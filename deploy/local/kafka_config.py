"""The broker's configuration, and the request that tells whether it works."""

import socket
import struct
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from deploy.local.ports import LOOPBACK

# What differs from Kafka's own defaults, or is relied upon.
PROPERTIES: Mapping[str, str] = MappingProxyType(
    {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "INTERNAL",
        "listener.security.protocol.map": "CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "auto.create.topics.enable": "false",
        "message.max.bytes": str(1024 * 1024),
        "transaction.max.timeout.ms": "60000",
        "group.initial.rebalance.delay.ms": "0",
        # A killed broker is let in again only when its session has run out: 9 s by default, for one node
        # that is its own controller a wait for nothing.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        # Few internal partitions: each is a folder and three files to open at every start.
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "8",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # The cleaner's default of 128 MB would be a quarter of the heap, for two small compacted topics.
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    }
)


def server_properties(
    ports: Mapping[str, int], data: Path, advertised: str | None, overrides: Mapping[str, str]
) -> dict[str, str]:
    """The content of server.properties: `ports` by listener name, `advertised` as "host:port" or None."""
    at = {name: f"{name}://{LOOPBACK}:{port}" for name, port in ports.items()}
    client = f"CLIENT://{advertised}" if advertised else at["CLIENT"]
    return {
        **PROPERTIES,
        "listeners": ",".join(at.values()),
        # The broker talks to itself past any proxy: a fault between it and clients stays one.
        "advertised.listeners": f"{client},{at['INTERNAL']},{at['CONTROLLER']}",
        # Static voters: the dynamic kind writes the port into the data, and ports may change here.
        "controller.quorum.voters": f"1@{LOOPBACK}:{ports['CONTROLLER']}",
        "log.dirs": str(data),
        **overrides,
    }


def answers_api_versions(port: int, timeout_s: float = 2.0) -> bool:
    """Whether a broker on 127.0.0.1:port answers an ApiVersions request (Kafka protocol, key 18, v0).

    A broker opens its port long before it works; it answers only once the controller has admitted it.
    """
    client_id = b"langnghe-ready"
    header = struct.pack(">hhih", 18, 0, 1, len(client_id)) + client_id
    try:
        with socket.create_connection((LOOPBACK, port), timeout=timeout_s) as connection:
            connection.sendall(struct.pack(">i", len(header)) + header)
            answer = connection.recv(10)
    except OSError:
        return False
    return len(answer) == 10 and struct.unpack(">iih", answer)[1:] == (1, 0)
