"""The whole system with a Docker engine."""
