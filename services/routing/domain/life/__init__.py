"""The life of a case after it was opened: a file each idea; `transitions.py` says what may follow what."""
