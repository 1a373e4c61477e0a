"""Routing's SQL: set-based, no decisions. `cases` writes and locks, `reads` serves pages and API."""
