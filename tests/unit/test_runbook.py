"""Whatever calls an operator stands in the runbook, and nothing else does."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_alert_has_its_row() -> None:
    alerts = re.findall(r"- alert: (\w+)", (ROOT / "deploy/prometheus/alerts.yml").read_text())
    rows = re.findall(r"^\| ([A-Z]\w+) \|", (ROOT / "docs/runbook.md").read_text(), re.MULTILINE)
    assert alerts
    assert sorted(rows) == sorted(alerts)
