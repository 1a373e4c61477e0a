"""Faults done to real servers and real services; the numbers in the names are those of the list of faults."""
