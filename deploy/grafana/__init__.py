"""Grafana's dashboards, written as Python, kept as JSON: `python -m deploy.grafana` writes the files anew."""
