"""The jars of Apache Kafka: which, from where, and proof that they are the ones we mean.

`jars.lock` pins every jar of the class path by SHA-256. The first start downloads them with jgo's Maven
resolver into a cache; every start verifies all of them (0.1 s) and refuses to run what differs.
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import stamina
from jgo.maven import MavenContext, PythonResolver
from requests import RequestException

from deploy.local.files import exclusive

LOCK_FILE = Path(__file__).with_name("jars.lock")
# slf4j-simple is the smallest binding: warnings go to standard error and so into the broker's log.
ROOTS = (
    "org.apache.kafka:kafka_2.13:4.3.1",
    "org.apache.kafka:kafka-tools:4.3.1",
    "org.slf4j:slf4j-simple:1.7.36",
)
DOWNLOADS_AT_ONCE = 6
TIMEOUT_S = 60

Progress = Callable[[str, int, int], None]
"""Called with (file name, jars that are there, jars in all) after each download."""

log = logging.getLogger(__name__)


class JarError(RuntimeError):
    """A jar cannot be had, or is not the one that jars.lock pins."""


@dataclass(frozen=True)
class Jar:
    """One line of jars.lock: `coordinate` is group:artifact:version, `sha256` in hexadecimal."""

    coordinate: str
    sha256: str

    @property
    def filename(self) -> str:
        """The file's name in the cache and in a Maven repository."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def cache_dir() -> Path:
    """The folder for what was downloaded: LANGNGHE_CACHE, or ~/.cache/langnghe."""
    return Path(os.environ.get("LANGNGHE_CACHE") or Path.home() / ".cache" / "langnghe").expanduser()


def read_lock(path: Path = LOCK_FILE) -> list[Jar]:
    """The pinned jars in class path order."""
    lines = (line.split() for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return [Jar(coordinate, sha256) for sha256, coordinate in lines]


def class_path(
    cache: Path | None = None, jars: Sequence[Jar] | None = None, progress: Progress | None = None
) -> list[Path]:
    """Verified paths of all jars, downloading what the cache lacks; raises JarError.

    Safe for several processes at once: one downloads, the others wait.
    """
    folder = (cache or cache_dir()) / "kafka-jars"
    wanted = read_lock() if jars is None else list(jars)
    folder.mkdir(parents=True, exist_ok=True)
    if any(not (folder / jar.filename).exists() for jar in wanted):
        with exclusive(folder / ".lock"):
            _download([jar for jar in wanted if not (folder / jar.filename).exists()], folder, progress)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda jar: _verify(folder / jar.filename, jar), wanted))
    return [folder / jar.filename for jar in wanted]


def resolve_lock() -> list[Jar]:
    """Resolve ROOTS with their dependencies and hash what comes: the content for a new jars.lock."""
    with tempfile.TemporaryDirectory() as repository:
        context = _context(Path(repository))
        inputs, transitive = context.resolver.resolve([context.create_dependency(root) for root in ROOTS])
        artifacts = [dependency.artifact for dependency in (*inputs, *transitive)]
        return [Jar(f"{a.groupId}:{a.artifactId}:{a.version}", _sha256(Path(a.resolve()))) for a in artifacts]


def _context(repository: Path) -> MavenContext:
    """jgo on Maven Central, or on the mirror that LANGNGHE_MAVEN_MIRROR names by its URL."""
    mirror = os.environ.get("LANGNGHE_MAVEN_MIRROR")
    remotes = {"mirror": mirror.rstrip("/")} if mirror else None
    return MavenContext(
        resolver=PythonResolver(), repo_cache=repository, remote_repos=remotes, timeout=TIMEOUT_S
    )


def _download(missing: Sequence[Jar], folder: Path, progress: Progress | None) -> None:
    """Fetch into a scratch repository beside the cache and move each jar in only when it is verified."""
    log.info("downloading %d jars of Apache Kafka", len(missing))
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix=".download-") as scratch,
        ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool,
    ):
        running = {pool.submit(_fetch, jar, Path(scratch), folder): jar for jar in missing}
        for done, future in enumerate(as_completed(running), start=1):
            future.result()
            if progress is not None:
                progress(running[future].filename, done, len(missing))


def _fetch(jar: Jar, scratch: Path, folder: Path) -> None:
    group, artifact, version = jar.coordinate.split(":")
    try:
        for attempt in stamina.retry_context(on=RequestException, attempts=4, timeout=120):
            with attempt:
                # A repository of its own for each attempt: jgo takes a half-written file for a whole one.
                repository = scratch / f"{jar.filename}.{attempt.num}"
                component = _context(repository).project(group, artifact).at_version(version)
                path = Path(component.artifact().resolve())
    except (RequestException, RuntimeError) as error:
        raise JarError(f"cannot download {jar.coordinate}: {error}") from error
    _verify(path, jar)
    path.replace(folder / jar.filename)


def _verify(path: Path, jar: Jar) -> None:
    found = _sha256(path)
    if found != jar.sha256:
        raise JarError(
            f"{jar.filename} is not the file that jars.lock pins: sha256 {found}, expected {jar.sha256}. "
            f"Delete {path} to download it again."
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
