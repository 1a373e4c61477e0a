"""`langnghe predict`: good lines decided, bad ones named by their number; and how predictions are judged."""

import json

import pytest
from typer.testing import CliRunner

from deploy.cli.app import app
from deploy.cli.evaluate.folds import folds
from deploy.cli.evaluate.pairs import pairs
from deploy.cli.samples import CORPUS, samples

FIELDS = {
    "id",
    "category",
    "severity",
    "legal_kind",
    "unit",
    "candidates",
    "level",
    "accused",
    "incident",
}
GOOD = {
    "id": "one",
    "channel": "web",
    "text": "Rác ở phường Vũ Ninh ba ngày không ai thu gom",
    "place_hint": None,
    "reporter_unit": None,
    "submitted_at": "2026-03-02T09:00:00+07:00",
}
BAD = ("{", json.dumps(GOOD | {"id": "two", "channel": "pigeon"}), json.dumps(GOOD))


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("predict")
    first = CORPUS.read_text().splitlines()[:12]
    (folder / "in.jsonl").write_text("\n".join([json.dumps(GOOD), *BAD, "", *first]))
    result = CliRunner().invoke(app, ["predict", str(folder / "in.jsonl"), str(folder / "out.jsonl")])
    return result, [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


def test_every_good_line_has_its_findings(ran):
    _, rows = ran
    assert [row["id"] for row in rows] == ["one", *(f"vi-{n:04}" for n in range(1, 13))]
    assert {frozenset(row) for row in rows} == {frozenset(FIELDS)}
    assert (rows[0]["category"], rows[0]["unit"], rows[0]["accused"]) == ("rac-thai", "09169", None)
    assert all(row["unit"] in (None, *row["candidates"]) for row in rows)


def test_bad_lines_are_refused_by_their_number(ran):
    result, _ = ran
    assert result.exit_code == 1
    for number in (2, 3, 4):
        assert f"line {number} refused" in result.output
    assert "line 5" not in result.output


def test_reports_of_an_incident_share_a_fold():
    known = samples()
    made = folds(known)
    assert sorted(at for fold in made for at in fold) == list(range(len(known)))
    where = {at: n for n, fold in enumerate(made) for at in fold}
    groups = {}
    for at, sample in enumerate(known):
        groups.setdefault(sample.labels["incident"] or sample.id, set()).add(where[at])
    assert all(len(used) == 1 for used in groups.values())


def test_pairs_are_those_that_share_a_key():
    known = [sample for sample in samples() if sample.labels["incident"] in ("inc-19", "inc-18")]
    right = pairs(known, {sample.id: sample.labels["incident"] for sample in known})
    assert (right.precision, right.recall) == (1.0, 1.0)
    alone = pairs(known, {sample.id: sample.id for sample in known})
    assert (alone.precision, alone.recall) == (1.0, 0.0)
    merged = pairs(known, dict.fromkeys((sample.id for sample in known), "all"))
    assert merged.recall == 1.0
    assert merged.precision < 1.0
