"""What the service does: open a transaction, ask the domain, write, announce."""
