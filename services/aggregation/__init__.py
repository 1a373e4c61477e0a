"""aggregation: how many, of what, where, when; and what that says.

Consumes  cases.events (each case by its highest version), units.events (the dated map)
Produces  situation.events: WarningRaised, WarningCleared
Owns      counted_cases, places, leaf_counts, dirty, rollups, warnings, situation_reports
Promises  a case counts once, whatever is sent twice, late or out of order; each roll-up is the sum of its
          leaves; totals, warnings and situation reports read as it was then or on the map of any day; a
          warning is raised and cleared once; what a person wrote is never overwritten by a figure
Also      wire.py: the third of a case event that is counted, read by the contract's own types
"""
