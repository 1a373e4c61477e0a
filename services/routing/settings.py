"""What routing must be told; read in `main.py` only."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from shared.settings import ProvinceSettings


class Settings(ProvinceSettings):
    """LANGNGHE_ROUTING_*."""

    model_config = SettingsConfigDict(env_prefix="LANGNGHE_ROUTING_", extra="ignore")

    rules: Path = Path(__file__).parent / "rules"
    """The folder of the dated rules."""
    parked_alarm_s: int = 3600
    """A command that has waited for its case for longer is alarmed."""
    link_every_s: float = 0.5
    """How often new cases are compared with those of their place; 0: never."""
