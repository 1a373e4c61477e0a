"""Who writes and reads which topic is said once, in the table; the services' code does just that.

Read from the source, so that no service has to run: the topics that a service's wiring names, and the events
that it makes (not those that only stand in an annotation).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import services
from shared.contracts.registry import EVENTS
from shared.contracts.topics import TOPICS, consumed_by
from shared.migrations import SERVICES

ROOT = Path(services.__path__[0])
# A command of the operator announces them, or the service that does is told the name as data.
ANNOUNCED_ELSEWHERE = {"NotificationDelivered", "NotificationFailed"}
EVENT_NAMES = {event.__name__: event for event in EVENTS}


def _named_topics(service: str) -> set[str]:
    found = set()
    for name in ("main.py", "consumer.py"):
        tree = ast.parse((ROOT / service / name).read_text())
        constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        found |= {value for value in constants if isinstance(value, str) and value in TOPICS}
    return found


def _made_events(service: str) -> set[str]:
    found = set()
    for path in (ROOT / service).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            # `CaseOpened.ce_type()` only asks it; `CaseOpened.model_construct(...)` makes one.
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") != "ce_type":
                found |= set(_names(node.func))
            elif path.name == "publish.py" and isinstance(node, ast.IfExp | ast.Dict):
                found |= set(_names(node))
    return found & set(EVENT_NAMES)


def _names(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_what_the_table_says(service: str) -> None:
    assert _named_topics(service) == {spec.name for spec in consumed_by(service)}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_makes_only_its_own_events(service: str) -> None:
    for name in _made_events(service):
        assert TOPICS[EVENT_NAMES[name].topic].producers == (service,), name


def test_every_event_is_made_by_somebody() -> None:
    made = {name for service in SERVICES for name in _made_events(service)}
    assert set(EVENT_NAMES) - made <= ANNOUNCED_ELSEWHERE
