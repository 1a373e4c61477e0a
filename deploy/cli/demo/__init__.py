"""`langnghe demo`: the whole system on this machine, from a resident's report to the officer's mailbox.

Read on in `play.py`: what happens, in order. `stage.py` starts the servers and services, `posts.py` and its
neighbours say what is submitted, `doors.py` submits it, `summary.py` counts what became of it.
"""

from deploy.cli.demo.command import register

__all__ = ["register"]
