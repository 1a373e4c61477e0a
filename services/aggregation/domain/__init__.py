"""Pure decisions: what a batch changes, what a surge is, what may be shown, how a report reads."""
