"""The groups of commands, a file each; every one has `register(app)`."""
