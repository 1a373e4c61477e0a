"""Kafka for a service: records read without raising, the exactly-once batch, positions, dead letters, topics.

`consumer` hands raw batches to `batch`, which settles each in one transaction: `received` reads a record,
`positions` says where the group stands, `dead_letters` keeps what could not take effect. `assignment` holds
the partitions. A service supplies `apply(transaction, events)` and nothing else.
"""
