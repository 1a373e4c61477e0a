"""Makes this installation's secrets, once: `python3 deploy/compose/make_secrets.py`. Needs Python alone.

They are files in a folder beside compose.yaml that only its owner can enter and that git and the image leave
out. What is there stays: the keys seal what residents wrote, and without them it is lost.
"""

import base64
import secrets
from pathlib import Path

SERVICES = ("intake", "routing", "aggregation", "notify")
FOLDER = Path(__file__).parent / "secrets"
POSTGRES = "127.0.0.1:5432"


def _password() -> str:
    return secrets.token_urlsafe(24)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def contents() -> dict[str, str]:
    """{file name: content} of a new installation."""
    superuser, passwords = _password(), {name: _password() for name in SERVICES}
    own = {
        "intake": f"LANGNGHE_INTAKE_KEK={_key()}\nLANGNGHE_INTAKE_TRACKING_KEY={_key()}\n",
        "notify": f"LANGNGHE_NOTIFY_WEBHOOK_KEY={_key()}\n",
    }
    files = {
        f"{name}.env": f"LANGNGHE_{name.upper()}_DATABASE_DSN="
        f"postgresql://langnghe_{name}:{passwords[name]}@{POSTGRES}/langnghe\n{own.get(name, '')}"
        for name in SERVICES
    }
    files["prepare.env"] = (
        f"LANGNGHE_ADMIN_DSN=postgresql://postgres:{superuser}@{POSTGRES}/langnghe\n"
        f"LANGNGHE_READER_PASSWORD={_password()}\n"
    )
    return {**files, "postgres-password": superuser, "grafana-password": _password()}


def make(folder: Path = FOLDER) -> bool:
    """Write the files into a new folder; False, and nothing done, where there is one."""
    if folder.exists():
        return False
    draft = folder.with_name(folder.name + ".draft")
    draft.mkdir(mode=0o700, exist_ok=True)
    for name, content in contents().items():
        path = draft / name
        path.write_text(content)
        # A container's own user must read what is mounted into it; the folder keeps everybody else out.
        path.chmod(0o644 if path.suffix != ".env" else 0o600)
    draft.rename(folder)
    return True


if __name__ == "__main__":
    made = make()
    print("made" if made else "left as they are:", FOLDER)  # noqa: T201 - a command that tells
