"""SQL of notify, set-based; it decides nothing."""
