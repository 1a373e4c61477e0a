"""Intake's pure decisions: what may come in, how it is sealed, redacted and signed."""
