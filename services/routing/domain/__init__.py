"""Routing's decisions, pure: no I/O, no clock, no framework. Start reading at `decide.py`."""
