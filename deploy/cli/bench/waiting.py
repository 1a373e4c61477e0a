"""Waiting for a condition, with a deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(
    look: Callable[[], Awaitable[bool]], *, deadline_s: float, what: str, every_s: float = 0.05
) -> None:
    """Look again and again. Raises TimeoutError saying what was waited for."""
    give_up_at = time.monotonic() + deadline_s
    while not await look():
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"waited {deadline_s:.0f} s for {what}")
        await asyncio.sleep(every_s)
