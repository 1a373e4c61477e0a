"""Free TCP ports on loopback."""

import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
LOWEST = 10_000
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: connections of the past in TIME_WAIT do not occupy the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_ports(count: int) -> list[int]:
    """`count` different ports that are free now, below those that the kernel gives to outgoing connections.

    Among the kernel's own, a server that is down could find its port taken by any connection, even by a
    client of its own that was given the very port it tries to reach and so talks to itself.
    """
    chosen: list[int] = []
    for port in random.sample(range(LOWEST, _first_ephemeral()), k=1000):
        if is_free(port):
            chosen.append(port)
        if len(chosen) == count:
            return chosen
    raise OSError(f"no {count} free ports on {LOOPBACK}")


def keep_or_choose(wanted: int, remembered: int | None) -> int:
    """The port that was asked for, else the one used before if it is still free, else any free one."""
    if wanted:
        return wanted
    if remembered is not None and is_free(remembered):
        return remembered
    return free_ports(1)[0]


def _first_ephemeral() -> int:
    """Where the kernel's range for outgoing connections begins; its default where that cannot be read."""
    first = int(EPHEMERAL.read_text().split()[0]) if EPHEMERAL.exists() else 32768
    return max(first, LOWEST + 2000)
