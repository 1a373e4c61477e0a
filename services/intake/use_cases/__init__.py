"""What intake does, one file each: open a transaction or take one, ask the domain, write, announce."""
