"""Signatures of webhooks as Standard Webhooks defines them: HMAC-SHA256 over id, timestamp and body.

Source: the Standard Webhooks specification, symmetric signatures (v1), secrets written `whsec_<base64>`.
"""

import base64
import hashlib
import hmac

_PURPOSE = b"langnghe webhook secret v1\x00"


def derive_secret(key: bytes, secret_id: str) -> str:
    """A receiver's secret: nobody stores it, and another `secret_id` makes another one."""
    digest = hmac.new(key, _PURPOSE + secret_id.encode(), hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(digest).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`. `timestamp`: Unix seconds of this attempt."""
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    content = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
