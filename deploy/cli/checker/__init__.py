"""The invariant checker: reads Kafka and PostgreSQL, changes neither, and says of each of I1-I10 whether it
holds. `check(reader_dsn, bootstrap)` is the library, `langnghe check` the program.

It must be asked when all is quiet: while events are on their way, I1, I4, I7 and I9 are rightly false.
"""

from deploy.cli.checker.report import Planted, Report, check
from deploy.cli.checker.result import Result

__all__ = ["Planted", "Report", "Result", "check"]
