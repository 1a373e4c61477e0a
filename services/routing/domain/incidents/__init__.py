"""Incidents: many reports about one matter, found by place, matter, time and wording; and follow-ups."""
