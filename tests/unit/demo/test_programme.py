"""What the demo submits: complete, redacted where it must be, and a surge over its own baseline."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from deploy.cli.demo.doors import as_csv
from deploy.cli.demo.faulty import bad_rows, repeats
from deploy.cli.demo.invented import Commune, Invention
from deploy.cli.demo.posts import SHEETS, Post
from deploy.cli.demo.recipients import mail_recipients
from deploy.cli.demo.samples import sample_posts
from services.aggregation.domain.surge import Detector, read
from services.intake.domain.redaction import redact
from services.intake.domain.sheet import Row, read_sheet
from services.intake.domain.submission import Accepted, Door, check_submission
from services.notify.use_cases.load_recipients import read_rows
from services.routing.map.seed import unit_map
from services.routing.rules.load import standard
from shared.local_time import LOCAL
from shared.units import UnitMap, full_name

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=LOCAL)
TRUSTED = Door(True)


@pytest.fixture(scope="module")
def units() -> UnitMap:
    return unit_map()


@pytest.fixture
def invention(units: UnitMap) -> Invention:
    province = units.by_code("24", NOW.date(), "province")
    assert province is not None
    communes = units.units(NOW.date(), "commune", province.id)
    return Invention([Commune(unit.code, full_name(unit)) for unit in communes], NOW)


def posts(invention: Invention) -> list[Post]:
    return [
        *sample_posts(),
        *invention.surge(),
        *invention.baseline(),
        *invention.observations(),
        *invention.canaries(),
    ]


def test_all_samples_go_and_every_door_is_used() -> None:
    doors = Counter(post.door for post in sample_posts())
    assert sum(doors.values()) == 420
    assert set(doors) == {"http", "kafka", "sheet"}


def test_what_must_be_accepted_would_be(invention: Invention) -> None:
    for post in posts(invention):
        found = check_submission(dict(post.fields), TRUSTED, NOW.astimezone(UTC))
        assert isinstance(found, Accepted), (post.key, found)


def test_no_two_posts_share_a_key(invention: Invention) -> None:
    keys = Counter((post.source.id if post.source else "", post.key) for post in posts(invention))
    assert max(keys.values()) == 1


def test_planted_data_is_redacted_from_every_text(invention: Invention) -> None:
    texts = [redact(str(post.fields["text"])).text for post in invention.canaries()]
    assert [secret for secret in invention.secrets if any(secret in text for text in texts)] == []
    planted = " ".join(str(dict(post.fields)) for post in invention.canaries())
    unplanted = [secret for secret in invention.secrets if secret not in planted]
    assert unplanted == list(invention.refused_contact.values())


def test_the_downpour_is_a_surge_over_its_baseline(invention: Invention) -> None:
    code, detector = invention.flooded.code, Detector()
    days = Counter(
        datetime.fromisoformat(str(post.fields["submitted_at"])).date()
        for post in invention.baseline()
        if post.fields["reporter_unit"] == code
    )
    last = NOW.date() - timedelta(days=detector.lag + 1)
    calm = [days[last - timedelta(days=i)] for i in range(detector.baseline)]
    assert sum(calm) > 0
    assert read(calm, len(list(invention.surge())), detector).surge
    assert not any(read(calm, n, detector).surge for n in days.values())


def test_a_sheet_says_the_same_as_the_fields(invention: Invention) -> None:
    wanted = [post for post in posts(invention) if post.door == "sheet"]
    rows = read_sheet(as_csv(wanted), b"key")
    assert isinstance(rows, list)
    assert len(rows) == len(wanted)
    for row, post in zip(rows, wanted, strict=True):
        assert isinstance(row, Row)
        assert row.key == post.key
        told = {name: value for name, value in post.fields.items() if name != "language"}
        if "observation" in told:
            told["observation"] = {k: v for k, v in dict(told["observation"]).items() if v is not False}  # type: ignore[call-overload]
        text = str(told.pop("text")).strip()
        assert row.fields["text"] == text
        assert {name: value for name, value in row.fields.items() if name != "text"} == told


def test_of_each_door_three_are_repeated_and_one_contradicts(invention: Invention) -> None:
    found = Counter((post.door, post.expected) for post in repeats(posts(invention)))
    for door in ("http", "kafka", "sheet"):
        assert found[door, "duplicate"] == 3
        assert found[door, "rejected"] == 1


def test_each_bad_row_would_be_refused(invention: Invention) -> None:
    rows = list(bad_rows(invention.refused_contact))
    assert all(row.source is SHEETS and row.expected == "rejected" for row in rows)
    for row in read_sheet(as_csv(rows), b"key"):  # type: ignore[union-attr]
        accepted = isinstance(row, Row) and check_submission(dict(row.fields), TRUSTED, NOW.astimezone(UTC))
        assert not isinstance(accepted, Accepted), row


def test_every_body_that_can_own_a_case_has_a_mailbox(units: UnitMap) -> None:
    rows, refused = read_rows(mail_recipients(units, standard(), "24", NOW.date()))
    assert refused == ()
    told = {row.body for row in rows}
    for day in (date(2025, 6, 15), NOW.date()):
        provinces = ("27", "24") if day.year == 2025 else ("24",)
        for code in provinces:
            province = units.by_code(code, day, "province")
            assert province is not None
            assert {f"mttq@{province.id}", f"thanh_tra@{province.id}"} <= told
            communes = list(units.units(day, "commune", province.id))
            assert communes
            assert {f"mttq@{unit.id}" for unit in communes} <= told
