"""The record of who opened what was sealed. Written before it is opened, so that no reading goes unseen."""

from shared.database import Connection


async def note(tx: Connection, actor: str, act: str, subject: str) -> None:
    """`actor` did `act` (a code) to `subject` (an id, never personal data)."""
    await tx.execute("INSERT INTO access_log (actor, act, subject) VALUES ($1, $2, $3)", actor, act, subject)
