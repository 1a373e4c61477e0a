"""SQL of the aggregation service, set-based; it decides nothing."""
