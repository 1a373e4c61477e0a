"""The broker's jars: only the pinned ones run, downloads may race and fail, and afterwards no network."""

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.local import jars
from deploy.local.jars import Jar, JarError, class_path, read_lock

CONTENTS = {"org.example:one:1.0": b"first", "org.example:two:2.0": b"second"}
PINNED = [Jar(name, hashlib.sha256(content).hexdigest()) for name, content in CONTENTS.items()]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, counts what was asked for, and says nothing."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Tests' output stays clean."""


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, list[str]]]:
    """A Maven repository on loopback with CONTENTS: its folder, and the paths that were asked for."""
    root = tmp_path / "mirror"
    for coordinate, content in CONTENTS.items():
        group, artifact, version = coordinate.split(":")
        path = root / group.replace(".", "/") / artifact / version / f"{artifact}-{version}.jar"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    asked: list[str] = []
    handler = type("Handler", (Quiet,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("LANGNGHE_MAVEN_MIRROR", f"http://127.0.0.1:{server.server_port}")
    yield root, asked
    server.shutdown()
    server.server_close()


def test_every_pinned_jar_has_a_coordinate_and_a_sha256() -> None:
    pinned = read_lock()
    assert {jar.coordinate for jar in pinned} >= set(jars.ROOTS)
    assert all(len(jar.sha256) == 64 and jar.coordinate.count(":") == 2 for jar in pinned)
    assert len({jar.filename for jar in pinned}) == len(pinned)


def test_jars_are_downloaded_once_with_progress(tmp_path: Path, mirror: tuple[Path, list[str]]) -> None:
    steps: list[tuple[str, int, int]] = []
    paths = class_path(tmp_path, PINNED, progress=lambda *step: steps.append(step))
    assert [path.read_bytes() for path in paths] == [b"first", b"second"]
    assert sorted(step[1:] for step in steps) == [(1, 2), (2, 2)]
    mirror[1].clear()
    assert class_path(tmp_path, PINNED) == paths
    assert mirror[1] == []


def test_a_download_that_is_not_the_pinned_jar_is_refused(
    tmp_path: Path, mirror: tuple[Path, list[str]]
) -> None:
    next(mirror[0].rglob("two-2.0.jar")).write_bytes(b"evil")
    with pytest.raises(JarError, match=r"two-2\.0\.jar is not the file that jars\.lock pins"):
        class_path(tmp_path, PINNED)
    assert not list(tmp_path.joinpath("kafka-jars").glob("two*"))


def test_a_cached_jar_that_was_altered_is_refused(tmp_path: Path, mirror: tuple[Path, list[str]]) -> None:
    path = class_path(tmp_path, PINNED)[0]
    path.write_bytes(b"altered")
    with pytest.raises(JarError, match=r"one-1\.0\.jar is not the file .* Delete "):
        class_path(tmp_path, PINNED)


def test_a_jar_that_nobody_has_is_named(tmp_path: Path, mirror: tuple[Path, list[str]]) -> None:
    with pytest.raises(JarError, match=r"cannot download org\.example:three:3\.0"):
        class_path(tmp_path, [Jar("org.example:three:3.0", "0" * 64)])


RACER = """
import sys
from pathlib import Path
from deploy.local.jars import Jar, class_path
jars = [Jar(*pair.split("=")) for pair in sys.argv[2:]]
print(*(path.read_text() for path in class_path(Path(sys.argv[1]), jars)))
"""


def test_two_processes_may_do_the_first_download_at_once(
    tmp_path: Path, mirror: tuple[Path, list[str]]
) -> None:
    pairs = [f"{jar.coordinate}={jar.sha256}" for jar in PINNED]
    argv = [sys.executable, "-c", RACER, str(tmp_path), *pairs]
    racers = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [racer.communicate(timeout=60)[0] for racer in racers] == ["first second\n"] * 2
    assert len([path for path in mirror[1] if path.endswith(".jar")]) == 2
