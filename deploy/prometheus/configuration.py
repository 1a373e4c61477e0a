"""A folder from which Prometheus can be started: its configuration, the alerts, and the targets."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

_HERE = Path(__file__).parent
FILES = ("prometheus.yml", "alerts.yml")


def targets(urls: Mapping[str, str]) -> str:
    """The content of a targets file (file_sd) for services at these base addresses: {service: url}."""
    groups = [
        {"targets": [urlsplit(url).netloc], "labels": {"service": service}}
        for service, url in sorted(urls.items())
    ]
    return json.dumps(groups, indent=2) + "\n"


def write_configuration(folder: Path, urls: Mapping[str, str]) -> Path:
    """Write all of it under `folder`; returns the file that `prometheus --config.file` wants."""
    (folder / "targets").mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(_HERE / name, folder / name)
    # In one step: Prometheus reads the file whenever it changes.
    draft = folder / "targets" / "langnghe.draft"
    draft.write_text(targets(urls))
    draft.replace(draft.with_suffix(".json"))
    return folder / FILES[0]
