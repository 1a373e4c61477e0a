"""Intake's settings: `LANGNGHE_INTAKE_<NAME>`."""

import base64

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.intake.domain.keys import Keys
from services.intake.domain.sealing import KekRing
from shared.settings import ProvinceSettings


class Settings(ProvinceSettings):
    """Keys are base64 of 32 bytes."""

    model_config = SettingsConfigDict(env_prefix="LANGNGHE_INTAKE_", extra="ignore")

    kek: SecretStr
    """The key-encryption key that seals; `kek_id` names it in the rows."""
    kek_id: str = "kek-1"
    former_keks: dict[str, SecretStr] = Field(default_factory=dict)
    """Keys that still open, by id, until their rows are rewrapped."""
    tracking_key: SecretStr
    """Changing it changes every tracking code: it is for ever."""
    requests_per_minute: int = 0
    """Of one public client, over HTTP and the form; 0 is no limit."""
    gather: int = 200
    """Most requests that one transaction accepts."""
    gather_ms: float = 4.0
    """How long the first of them waits for company."""
    waiting: int = 4_000
    """Requests that may wait; beyond it the door answers 503."""

    def keys(self) -> Keys:
        """The keys, decoded. Raises ValueError when one is not 32 bytes."""
        former = {name: _decoded(secret) for name, secret in self.former_keks.items()}
        ring = KekRing({**former, self.kek_id: _decoded(self.kek)}, self.kek_id)
        return Keys.from_secrets(ring, _decoded(self.tracking_key))


def _decoded(secret: SecretStr) -> bytes:
    return base64.b64decode(secret.get_secret_value(), validate=True)
