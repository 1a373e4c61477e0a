"""Findings as JSON bytes and back: read on pages and by decisions, never searched."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from services.routing.domain.case import UNGUARDED, Candidate, Findings, Guard
from services.routing.domain.life.record import NEW_LIFE, Life, Pause


def findings_bytes(findings: Findings) -> bytes:
    """Findings as JSON bytes; the evidence of candidates is erased with the reporter."""
    # Dictionaries, since orjson takes thrice as long over dataclasses; what most cases lack is left out.
    candidates = [
        {"unit": c.unit, "probability": c.probability, "evidence": c.evidence} for c in findings.candidates
    ]
    stored: dict[str, Any] = {
        "candidates": candidates,
        "runner_ups": findings.runner_ups,
        "accused": findings.accused,
        "triage": findings.triage,
        "error": findings.error,
    }
    if findings.guard is not UNGUARDED:
        stored["guard"] = _guard(findings.guard)
    if findings.life is not NEW_LIFE:
        stored["life"] = _life(findings.life)
    return orjson.dumps(stored)


def findings_of(stored: bytes) -> Findings:
    """Findings from their JSON bytes."""
    data = orjson.loads(stored)
    return Findings(
        candidates=tuple(
            Candidate(c["unit"], c["probability"], tuple(c["evidence"])) for c in data["candidates"]
        ),
        runner_ups=tuple((category, share) for category, share in data["runner_ups"]),
        accused=data["accused"],
        triage=data["triage"],
        error=data["error"],
        guard=_guard_of(data["guard"]) if "guard" in data else UNGUARDED,
        life=_life_of(data["life"]) if "life" in data else NEW_LIFE,
    )


def _guard(guard: Guard) -> dict[str, Any]:
    return {
        "sensitive": guard.sensitive,
        "party": guard.party,
        "accused_kind": guard.accused_kind,
        "involved": guard.involved,
        "named": guard.named,
    }


def _guard_of(stored: Mapping[str, Any]) -> Guard:
    return Guard(
        stored["sensitive"],
        stored["party"],
        stored["accused_kind"],
        tuple(stored["involved"]),
        tuple(stored["named"]),
    )


def _life(life: Life) -> dict[str, Any]:
    return {
        "returned": life.returned,
        "arbiter": life.arbiter,
        "settlement": life.settlement,
        "since": life.since,
        "complex_for": life.complex_for,
        "especially": life.especially,
        "pauses": [(pause.start, pause.end) for pause in life.pauses],
        "answered": life.answered,
    }


def _life_of(stored: Mapping[str, Any]) -> Life:
    return Life(
        returned=tuple(stored["returned"]),
        arbiter=stored["arbiter"],
        settlement=stored["settlement"],
        since=_day(stored["since"]),
        complex_for=tuple(stored["complex_for"]),
        especially=stored["especially"],
        pauses=tuple(Pause(date.fromisoformat(start), _day(end)) for start, end in stored["pauses"]),
        answered=stored["answered"],
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
