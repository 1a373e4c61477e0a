"""What every service must be told. Each service's `settings.py` adds its own and sets the prefix."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class CommonSettings(BaseSettings):
    """Read from the environment, `LANGNGHE_<SERVICE>_<NAME>`; only `main.py` reads it."""

    model_config = SettingsConfigDict(env_prefix="LANGNGHE_", extra="ignore")

    database_dsn: SecretStr
    """postgresql://langnghe_<service>:...@host:port/langnghe"""
    kafka_bootstrap: str
    host: str = "127.0.0.1"
    port: int
    log_level: str = "INFO"
    batch: int = 500
    """Most records that one transaction settles."""
    session_timeout_s: float = 30.0
    """How long Kafka waits for a silent member before others get its partitions (broker's least: 6)."""
    base_urls: dict[str, str] = {}
    """Where the other services' pages are: {service: url}. Used for links only."""


class ProvinceSettings(CommonSettings):
    """Of a service that must know which province it serves."""

    home_province: str = "24"
    """Official code, since 2025-07-01, of the province that this installation serves."""
