"""The dead letters of the four services: found, read, redriven by their owner, discarded on the record."""

from deploy.cli.dead_letters.letters import Letter, Ref, find, listed

__all__ = ["Letter", "Ref", "find", "listed"]
