"""`python -m deploy.cli.checker --json`: checks, prints, exits with 1 if an invariant does not hold."""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from deploy.cli.checker.report import Planted, Report, check


def main() -> int:
    parser = argparse.ArgumentParser(prog="langnghe check", description=__doc__)
    parser.add_argument("--dsn", default=os.environ.get("LANGNGHE_READER_DSN"), help="a role that reads all")
    parser.add_argument("--kafka", default=os.environ.get("LANGNGHE_KAFKA_BOOTSTRAP"), help="host:port")
    parser.add_argument("--canaries", type=Path, help="a file with one planted string a line, for I10")
    parser.add_argument("--logs", type=Path, help="the folder of the services' logs, for I10")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if not args.dsn or not args.kafka:
        parser.error("where PostgreSQL and Kafka are: --dsn and --kafka, or the environment")
    lines = args.canaries.read_text().splitlines() if args.canaries else []
    planted = Planted([line for line in lines if line.strip()], args.logs)
    report = asyncio.run(check(args.dsn, args.kafka, planted=planted))
    sys.stdout.write(
        json.dumps(report.as_json(), ensure_ascii=False, indent=2) if args.json else _lines(report)
    )
    sys.stdout.write("\n")
    return 0 if report.holds else 1


def _lines(report: Report) -> str:
    found = []
    for name, result in report.results.items():
        found.append(f"{name}: {str(result.verdict).lower()}" + (f" ({result.note})" if result.note else ""))
        found += [f"    {culprit}" for culprit in result.offending]
    return "\n".join(found)


if __name__ == "__main__":
    raise SystemExit(main())
