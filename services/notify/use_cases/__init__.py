"""What notify does: open a transaction, ask the domain, write, announce."""
