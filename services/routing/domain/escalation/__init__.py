"""What happens by the clock: who is reminded, who above them is told, and when a case rises a level."""
