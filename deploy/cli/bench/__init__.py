"""`langnghe bench`: what a report costs and how many go through, on real servers.

`end_to_end.py` is the figure that counts; `stages.py` says where the time goes, `http_door.py` how long
people wait, `yardsticks.py` what the bare machine gives. All stand on `ground.py`.
"""

from deploy.cli.bench.command import register

__all__ = ["register"]
