"""Workers that look at many cases pass over one that they cannot decide on, by name, and go on."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog

from services.routing.metrics import BROKEN, Worker

log = structlog.get_logger()


@contextmanager
def passing_over(worker: Worker, case_id: UUID, **about: object) -> Iterator[None]:
    """What breaks on one case within is logged and counted; whoever comes after it is not kept waiting."""
    try:
        yield
    except Exception as error:
        # An error's words may hold a report's; its kind and the case lead to both.
        log.error(
            "case.passed_over", worker=worker, case_id=str(case_id), error=type(error).__name__, **about
        )
        BROKEN.labels(worker).inc()
