"""The committed data of the map: how it was built from the official table, and how it is read.

`data/` holds the tables, `build` made them, `overlay` is what was added by hand, `seed` turns them into
the changes that `units.events` announces.
"""
