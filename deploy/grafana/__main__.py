"""Write the dashboards' files."""

from deploy.grafana.dashboard import dump
from deploy.grafana.pipeline import FILE, PIPELINE

FILE.write_text(dump(PIPELINE))
