"""A service's process does not outlive the work that it promised to do for ever."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.installation import Installation

_PROGRAMME = """
import asyncio, os
from shared.service import Service
from shared.settings import CommonSettings

async def raises():
    await asyncio.sleep(0)
    raise ValueError("0900 000 123")

async def returns():
    await asyncio.sleep(0)

async def is_cancelled():
    raise asyncio.CancelledError

service = Service("routing", CommonSettings(_env_prefix="LANGNGHE_ROUTING_"))
service.forever({work})
service.run()
"""


@pytest.mark.parametrize(
    ("work", "told"), [("raises", "ValueError"), ("returns", "returned"), ("is_cancelled", "CancelledError")]
)
async def test_work_that_ends_ends_the_process(installation: Installation, work: str, told: str) -> None:
    """So that it is started anew: a live process whose relay is dead would look well."""
    launch = next(x for x in installation.launches() if x.name == "routing")
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", _PROGRAMME.format(work=work)],
        env={**os.environ, **launch.env},
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1, said
    (line,) = [x for x in said.splitlines() if "service.work_ended" in x]
    assert '"level": "critical"' in line.replace('":"', '": "')
    assert told in line
    assert work in line
    assert "0900" not in said
