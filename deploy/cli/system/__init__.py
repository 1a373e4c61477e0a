"""The whole system of one data folder, up and down: two servers, and a keeper process that runs the services.

`up` starts what does not run and returns when all are ready; nothing of it ends with the command. `down`
leaves no process behind.
"""

from deploy.cli.system.bring import bring_up, take_down
from deploy.cli.system.standing import Standing, standing

__all__ = ["Standing", "bring_up", "standing", "take_down"]
