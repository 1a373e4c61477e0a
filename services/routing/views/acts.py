"""The forms of a case's page: what its state lets whom do now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import get_args
from uuid import UUID, uuid4

from services.routing.domain.audience import assign, entrust
from services.routing.domain.case import Case, Role
from services.routing.domain.life.commands import SuspendReason
from services.routing.domain.life.matter import matter_of
from services.routing.domain.life.record import ComplexReason
from services.routing.domain.owners import body_id
from services.routing.domain.transitions import TABLE, CommandName, may
from services.routing.views.names import Names
from shared.contracts.vocabulary import CATEGORIES, LEGAL_KINDS, Level, Outcome, Severity
from shared.units import full_name

_RESOLVERS: tuple[CommandName, ...] = ("accept", "answer", "return", "suspend", "resume", "mark_complex")
_ORDER: tuple[CommandName, ...] = (
    "accept", "answer", "forward", "tell", "return", "suspend", "resume", "mark_complex", "reclassify",
    "discard",
)  # fmt: skip
_NOTED: tuple[CommandName, ...] = ("return", "reclassify", "discard")
_EXPLAINING = ("explained", "not_competent")
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent and not carried out: what was typed, and what is wrong with which field."""

    command: str
    values: Mapping[str, str | Sequence[str]]
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """One command's form. `options`: choices by field; `command_id`: sent ever so often, it acts once."""

    command: CommandName
    bodies: Options
    options: Mapping[str, Options]
    needs_note: bool
    command_id: UUID = field(default_factory=uuid4)
    values: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def forms(case: Case, names: Names, today: date, sent: Sent | None) -> list[Form]:
    """A form for each command that the table of transitions lets somebody give now."""
    found = []
    for command in _ORDER:
        bodies = _bodies(case, command)
        if not may(case.facts.state, command) or not bodies:
            continue
        told = sent if sent is not None and sent.command == command else None
        options = dict(_options(case, command, names, today))
        if not options.get("to", True):
            # Nobody may have it while it is open who is accused.
            continue
        found.append(
            Form(
                command,
                [(body, names.body(body, today)) for body in bodies],
                options,
                command in _NOTED,
                values=told.values if told else {},
                errors=told.errors if told else {},
            )
        )
    return found


def _bodies(case: Case, command: CommandName) -> list[str]:
    """Who may give a command: the body that must settle it, or those who follow it."""
    facts, arbiter = case.facts, case.findings.life.arbiter
    if command == "forward" and arbiter in case.audience:
        return [arbiter]
    if command == "forward" and (facts.state, "forward") not in TABLE:
        return []
    if (command == "return" and arbiter is not None) or (command == "discard" and facts.restricted):
        return []
    if command in _RESOLVERS and (command != "answer" or facts.resolving_owner is not None):
        return [facts.resolving_owner] if facts.resolving_owner else []
    listeners = [body for body in case.audience if body != facts.resolving_owner]
    return sorted(listeners, key=lambda body: body != facts.listening_owner)


def _options(case: Case, command: CommandName, names: Names, today: date) -> Iterator[tuple[str, Options]]:
    texts = names.texts
    match command:
        case "forward":
            yield "to", _fit(case, names, today)
        case "answer":
            settles = case.facts.resolving_owner is not None
            outcomes = get_args(Outcome) if settles else _EXPLAINING
            yield "outcome", [(code, texts.label("outcome", code)) for code in outcomes]
        case "suspend":
            yield "reason", [(code, texts.label("suspend_reason", code)) for code in get_args(SuspendReason)]
        case "mark_complex":
            yield "reasons", [(code, texts.label("complex_reason", code)) for code in get_args(ComplexReason)]
        case "reclassify":
            yield from _what_it_is(case, names, today)
        case _:
            return


def _fit(case: Case, names: Names, today: date) -> Options:
    """The bodies that may have the case, as the judge of conflicts says; the rules' own choice first."""
    basis, about = names.basis, matter_of(case, names.basis, today)
    version = basis.rules.version
    usual = assign(about, basis.registry, basis.units, version).resolving
    found: dict[str, str] = {}
    for unit_id in about.path:
        unit = basis.units.unit(unit_id, about.on)
        kinds = [row.kind for row in basis.rules.bodies if unit is not None and row.level == unit.level]
        for body in (body_id(kind, unit_id) for kind in dict.fromkeys(kinds)):
            if entrust(about, body, basis.registry, basis.units, version) is not None:
                found[body] = names.body(body, today)
    return sorted(found.items(), key=lambda pair: pair[0] != usual)


def _what_it_is(case: Case, names: Names, today: date) -> Iterator[tuple[str, Options]]:
    texts, units = names.texts, names.basis.units
    communes = sorted(units.units(today, "commune", names.basis.home(today)), key=lambda unit: unit.name)
    likely = [c.unit for c in case.findings.candidates]
    named = [(unit.id, full_name(unit)) for unit in communes]
    yield "unit", sorted(named, key=lambda pair: likely.index(pair[0]) if pair[0] in likely else len(likely))
    yield "category", [(code, texts.label("category", code)) for code in CATEGORIES]
    yield "legal_kind", [(code, texts.label("legal_kind", code)) for code in LEGAL_KINDS]
    yield "severity", [(str(code), texts.label("severity", str(code))) for code in get_args(Severity)]
    yield "level", [(code, texts.label("level", code)) for code in get_args(Level) if code != "hamlet"]
    yield "accused", [(code, texts.label("accused", code)) for code in ("none", *get_args(Role))]
    kinds = dict.fromkeys(
        (b.kind, b.name.replace(" {}", "")) for b in names.basis.rules.bodies if b.level == "province"
    )
    yield "accused_kind", list(kinds)
