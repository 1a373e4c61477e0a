"""`langnghe verify`: is the history of decisions as it was written?"""

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from deploy.cli.output import Json, print_json, say
from deploy.cli.problems import Problem

if TYPE_CHECKING:
    from deploy.local.installation import Installation
    from services.routing.use_cases.verify import Verdict

Case = Annotated[
    UUID | None, typer.Argument(help="One case only; without it every case and every sealed day.")
]


def register(app: typer.Typer) -> None:
    app.command("verify")(verify)


def verify(case: Case = None, json: Json = False) -> None:
    """Prove the chain of decisions of a case, or of all cases, and the roots of the days.

    Names the first link of a case that does not hold: its version, and the field where that can be told.
    Exits with 1 then. Reads only, as of one moment, and needs memory for a slice of the cases.
    """
    from deploy.cli.place import installation, run

    verdict = run(_verify(installation(), case))
    if verdict is None:
        raise Problem(f"there is no case {case}, and no decision on it")
    if json:
        print_json(_described(verdict))
    else:
        _print(verdict)
    raise typer.Exit(0 if verdict.holds else 1)


async def _verify(where: "Installation", case: UUID | None) -> "Verdict | None":
    from deploy.cli.place import database
    from services.routing.use_cases.verify import verify_all, verify_case

    async with (
        database(where, "routing", role="reader") as opened,
        opened.connection() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        return await (verify_all(connection) if case is None else verify_case(connection, case))


def _described(verdict: "Verdict") -> dict[str, Any]:
    return {
        "holds": verdict.holds,
        "cases": verdict.cases,
        "decisions": verdict.decisions,
        "erased": verdict.erased,
        "before_the_chain": verdict.before,
        "days": verdict.days,
        "broken": verdict.broken,
        "breaks": [
            {"case": b.case_id, "version": b.version, "fault": b.fault, "field": b.field}
            for b in verdict.breaks
        ],
        "first_broken_day": verdict.first_day,
    }


def _print(verdict: "Verdict") -> None:
    say(f"{verdict.decisions} decisions on {verdict.cases} cases, {verdict.days} sealed days")
    if verdict.erased:
        say(f"{verdict.erased} cases have no words left to prove (erased); their codes are proved")
    if verdict.before:
        say(f"{verdict.before} decisions are older than the chain and are not proved by it")
    for found in verdict.breaks:
        where = f", {found.field}" if found.field else ""
        say(f"BROKEN {found.case_id} version {found.version}{where}: {_FAULTS[found.fault]}")
    if verdict.broken > len(verdict.breaks):
        say(f"BROKEN {verdict.broken - len(verdict.breaks)} more cases")
    if verdict.first_day:
        say(f"BROKEN day {verdict.first_day}")
    if verdict.holds:
        say("everything holds")


_FAULTS = {
    "case_gone": "the case's row is gone, its decisions are there",
    "decision_gone": "the decision is gone",
    "decision_unknown": "a decision that the case's row does not know of",
    "unchained": "the decision has no link",
    "link": "the decision is not as it was sealed",
    "field": "the case's row says otherwise than this decision left it",
    "opening": "the case was opened otherwise than its row and its first decision say",
    "head": "the case's row holds another head",
    "text": "the text or the words are not those that were sealed",
}
