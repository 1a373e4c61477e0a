"""What the aggregation service must be told."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ProvinceSettings


class Settings(ProvinceSettings):
    """Read from the environment, `LANGNGHE_AGGREGATION_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="LANGNGHE_AGGREGATION_", extra="ignore")

    batch: int = 2000
    """Larger than elsewhere: an event costs little here, and a batch's leaves are written once."""
    rollup_every_s: float = 0.5
    rollup_share: float = 0.1
    """Of the time, what recomputing roll-ups may take: in a flood counting goes first and they come later."""
    rollup_shards: int = 1
    """A running system does not change it."""
    warn_every_s: float = 5.0
    warn_days: int = 3
    """Days, up to today, whose counts may raise a warning."""
    warn_minimum: int = 5
    """Fewer cases a day than this are no surge, whatever the baseline."""
    small_cell: int = 5
    """Below the province, counts from 1 up to this less one are shown as fewer than this."""
