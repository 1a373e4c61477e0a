"""The containers' health check: ends with 0 if the address given answers 200, else with 1."""

import sys
from urllib.error import URLError
from urllib.request import urlopen


def alive(url: str, timeout_s: float = 4.0) -> bool:
    """Whether GET `url` answers 200 in time."""
    try:
        with urlopen(url, timeout=timeout_s) as answer:  # noqa: S310 - the address is compose.yaml's own
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(0 if alive(sys.argv[1]) else 1)
