"""A report's whole way, in order of time: from the four services' tables, and from Kafka while it keeps.

Codes, ids and times only: no text, no contact, no address, no words that a rule matched.
"""

from deploy.cli.trace.story import Story, tell

__all__ = ["Story", "tell"]
