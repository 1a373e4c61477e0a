"""Intake's SQL, set-based; no decisions."""
