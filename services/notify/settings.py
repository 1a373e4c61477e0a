"""What notify must be told beyond the common settings."""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import CommonSettings


class NotifySettings(CommonSettings):
    """Read from `LANGNGHE_NOTIFY_<NAME>`. Times are in seconds."""

    model_config = SettingsConfigDict(env_prefix="LANGNGHE_NOTIFY_", extra="ignore")

    webhook_key: SecretStr
    """Base64 of 32 bytes: the key that each receiver's signing secret is derived from."""
    webhook_allow: tuple[str, ...] = ()
    """`host:port` that may resolve to loopback and be plain HTTP. For demo and tests only."""
    webhook_timeout_s: float = Field(10, gt=0)
    webhook_senders: int = Field(16, ge=1)

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_timeout_s: float = Field(30, gt=0)
    mail_from: str = "thong-bao@langnghe.localhost"
    email_senders: int = Field(8, ge=1)

    digest_s: float = Field(900, gt=0)
    """How long what is not urgent may wait to be gathered; also the window of `flood_limit`."""
    flood_limit: int = Field(20, ge=1)
    """Most urgent messages to one recipient within a window; beyond it they collapse into one."""
    lease_s: float = Field(60, gt=0)
    max_attempts: int = Field(10, ge=1)
    retry_base_s: float = Field(15, gt=0)
    retry_cap_s: float = Field(3600, gt=0)

    @model_validator(mode="after")
    def _leases_outlive_sends(self) -> Self:
        # A lease that ends during a send would let a second sender send the same message.
        if self.lease_s <= max(self.smtp_timeout_s, self.webhook_timeout_s):
            raise ValueError("lease_s must be longer than smtp_timeout_s and webhook_timeout_s")
        return self
