"""`langnghe contracts write`: JSON Schemas, golden examples, `docs/events.md` and `docs/case-life.md`.

Within a major version change is additive. `breaking(committed, current)` says what is not: what an event that
was written yesterday, or a consumer that still runs, could stumble over.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from deploy.cli.contract_examples import examples
from deploy.cli.contract_pages import events_page
from deploy.cli.life_page import life_page
from shared.contracts.events import Event
from shared.contracts.registry import EVENTS

Schema: TypeAlias = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "shared" / "contracts" / "schemas"
EXAMPLES = ROOT / "shared" / "contracts" / "examples"
PAGE = ROOT / "docs" / "events.md"
LIFE_PAGE = ROOT / "docs" / "case-life.md"


class BreakingChange(Exception):
    """A model no longer fits what was committed; it needs a new major version."""


def schema_of(event: type[Event]) -> Schema:
    """JSON Schema of an event's body as it is written."""
    return {"$id": event.ce_type(), **event.model_json_schema(mode="serialization")}


def files() -> dict[Path, str]:
    """Every generated file with its content."""
    made = {SCHEMAS / f"{e.ce_type()}.json": _as_text(schema_of(e)) for e in EVENTS}
    for example in examples():
        body = example.model_dump(mode="json")
        made[EXAMPLES / f"{example.ce_type()}.json"] = _as_text({"key": example.key, "body": body})
    return made | {PAGE: events_page({e.ce_type(): e for e in examples()}), LIFE_PAGE: life_page()}


def write() -> list[Path]:
    """Write what differs; returns those files. Raises BreakingChange before anything is written."""
    problems = [
        f"{event.ce_type()}: {problem}"
        for event in EVENTS
        if (path := SCHEMAS / f"{event.ce_type()}.json").exists()
        for problem in breaking(json.loads(path.read_text()), schema_of(event))
    ]
    if problems:
        raise BreakingChange("; ".join(problems))
    changed = []
    for path, text in files().items():
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            changed.append(path)
    return changed


def stale() -> list[Path]:
    """Files under the generated folders that differ from the models, are missing, or belong to no event."""
    made = files()
    differing = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    there = {path for folder in (SCHEMAS, EXAMPLES) for path in folder.glob("*.json")}
    return sorted([*differing, *(there - set(made))])


def breaking(committed: Schema, current: Schema) -> list[str]:
    """What of `committed` the `current` schema takes away or changes; empty where change is additive."""
    return list(_breaking(committed, current, committed, current, ""))


def _breaking(old: Schema, new: Schema, old_root: Schema, new_root: Schema, where: str) -> Iterator[str]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    known: Mapping[str, Schema] = old.get("properties", {})
    offered: Mapping[str, Schema] = new.get("properties", {})
    for name, was in known.items():
        path = f"{where}.{name}" if where else name
        if name not in offered:
            yield f"{path} was removed"
            continue
        yield from _retyped(was, offered[name], old_root, new_root, path)
    for name in sorted(set(new.get("required", ())) - set(known)):
        if "default" not in offered[name]:
            yield f"{where + '.' if where else ''}{name} is new and required"


def _retyped(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> Iterator[str]:
    was, now = _kinds(old, old_root), _kinds(new, new_root)
    if missing := sorted(set(was) - set(now)):
        yield f"{path} is no longer {' or '.join(missing)}"
    for kind in set(was) & set(now):
        if "properties" in was[kind]:
            yield from _breaking(was[kind], now[kind], old_root, new_root, path)
        elif "items" in was[kind] and "items" in now[kind]:
            yield from _retyped(was[kind]["items"], now[kind]["items"], old_root, new_root, f"{path}[]")
        elif gone := sorted(map(str, set(was[kind].get("enum", ())) - set(now[kind].get("enum", ())))):
            yield f"{path} no longer takes {', '.join(gone)}"


def _kinds(schema: Schema, root: Schema) -> dict[str, Schema]:
    """The alternatives of a field by what they are: string, integer, date-time, an object's title."""
    alternatives = schema.get("anyOf") or [schema]
    resolved = [_resolved(alternative, root) for alternative in alternatives]
    return {str(r.get("format") or r.get("type")): r for r in resolved}


def _resolved(schema: Schema, root: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    return found


def _as_text(content: Schema) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
