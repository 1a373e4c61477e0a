"""Named places where a process can be told to kill itself, so that tests hit every step of the way.

`LANGNGHE_FAILPOINT=routing.after_commit` kills the routing service the first time it passes there;
`routing.after_commit@3` the third time. Without the variable a fail point costs one comparison.
"""

import os
import signal

_TARGET, _, _COUNT = os.environ.get("LANGNGHE_FAILPOINT", "").partition("@")
_left = int(_COUNT or "1")


def hit(name: str) -> None:
    """Die by SIGKILL, as a power cut would, if this is the chosen place and time."""
    if name != _TARGET:
        return
    global _left  # noqa: PLW0603 - one counter a process, by design
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
