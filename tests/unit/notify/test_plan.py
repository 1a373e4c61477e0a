"""Who is told of what: never anybody outside the audience, and nobody forgotten."""

from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.addressees import CaseNotice, WarningNotice, of_case, of_warning
from services.notify.domain.plan import plan
from services.notify.domain.recipients import Directory, Recipient
from services.notify.use_cases.plan_cases import MOMENTS

PROVINCE, COMMUNE = "uprovince", "ucommune1"
FRONT, OFFICE, TOP = f"mttq@{COMMUNE}", f"ubnd@{COMMUNE}", f"mttq@{PROVINCE}"
DIRECTORY = Directory(1, [Recipient("front", FRONT), Recipient("office", OFFICE), Recipient("top", TOP)])

bodies = st.builds(
    "{}@{}".format,
    st.sampled_from(["mttq", "ubnd", "cong_an", "thanh_tra"]),
    st.sampled_from([PROVINCE, COMMUNE, "ucommune2"]),
)
notices = st.builds(
    CaseNotice,
    moment=st.sampled_from(["opened", "changed", "progress", "recorded", "closed", "snapshot"]),
    severity=st.integers(0, 3),
    noted=st.booleans(),
    listening_owner=bodies,
    resolving_owner=st.none() | bodies,
    province=st.just(PROVINCE),
    audience=st.lists(bodies, max_size=5).map(tuple),
)
recipients = st.lists(
    st.builds(
        Recipient,
        id=st.uuids().map(str),
        body=bodies,
        policy=st.sampled_from(["digest", "at_once", "urgent_only"]),
        active=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda r: r.id,
)


def notice(**changes: object) -> CaseNotice:
    facts: dict[str, object] = {
        "moment": "opened",
        "severity": 1,
        "noted": False,
        "listening_owner": FRONT,
        "resolving_owner": OFFICE,
        "province": PROVINCE,
        "audience": (FRONT, OFFICE, TOP),
    }
    return CaseNotice(**{**facts, **changes})  # type: ignore[arg-type]


def told(of: CaseNotice, directory: Directory = DIRECTORY) -> dict[str, str]:
    return {row.recipient_id: row.urgency for row in plan(of_case(of), directory)}


@given(notices, recipients)
def test_nobody_outside_the_audience_is_ever_told(of: CaseNotice, table: list[Recipient]) -> None:
    rows = plan(of_case(of), Directory(1, table))
    assert {row.body for row in rows} <= set(of.audience)
    known = {recipient.id: recipient.body for recipient in table}
    assert all(known.get(row.recipient_id, row.body) == row.body for row in rows)


@given(notices, recipients)
def test_an_owner_in_the_audience_always_has_a_row_and_no_recipient_two(
    of: CaseNotice, table: list[Recipient]
) -> None:
    rows = plan(of_case(of), Directory(1, table))
    assert len({row.recipient_id for row in rows}) == len(rows)
    if of.moment not in ("snapshot", "recorded") and of.listening_owner in of.audience:
        assert of.listening_owner in {row.body for row in rows}
    assert all((row.reason is not None) == (row.state == "unsent") for row in rows)


@given(notices, recipients, recipients)
def test_whether_an_event_is_planned_does_not_depend_on_who_receives(
    of: CaseNotice, some: list[Recipient], others: list[Recipient]
) -> None:
    one, two = (plan(of_case(of), Directory(1, table)) for table in (some, others))
    assert {row.body for row in one} == {row.body for row in two}


def test_both_owners_hear_of_a_case_in_the_digest() -> None:
    assert told(notice()) == {"front": "digest", "office": "digest"}


def test_an_urgent_case_also_reaches_the_province_at_once() -> None:
    assert told(notice(severity=3)) == {"front": "urgent", "office": "urgent", "top": "urgent"}


def test_the_province_hears_of_an_urgent_case_only_if_it_may_know() -> None:
    assert "top" not in told(notice(severity=3, audience=(FRONT, OFFICE)))


def test_a_noted_observation_goes_to_its_listener_only() -> None:
    assert told(notice(noted=True, severity=3)) == {"front": "digest"}


def test_a_closed_case_is_not_urgent_and_a_snapshot_no_news() -> None:
    assert told(notice(moment="closed", severity=3)) == {"front": "digest", "office": "digest"}
    assert told(notice(moment="snapshot", severity=3)) == {}


def test_a_call_by_the_clock_is_urgent_for_whom_it_calls_and_no_news_for_others() -> None:
    assert told(notice(called=(OFFICE,), moment="changed")) == {"office": "urgent"}
    assert told(notice(called=(TOP, OFFICE), moment="changed")) == {"top": "urgent", "office": "urgent"}
    assert told(notice(called=(TOP,), audience=(FRONT, OFFICE), moment="changed")) == {}


def test_what_the_resolving_owner_did_itself_is_news_for_who_follows_the_case() -> None:
    assert told(notice(moment="progress")) == {"front": "digest"}
    assert told(notice(moment="progress", severity=3)) == {"front": "urgent"}
    assert told(notice(moment="changed")) == {"front": "digest", "office": "digest"}
    assert told(notice(moment="recorded", severity=3)) == {}


def test_each_event_of_a_life_has_its_moment() -> None:
    moments = {name.split(".")[1]: moment for name, moment in MOMENTS.items()}
    assert {name for name, moment in moments.items() if moment == "progress"} == {
        "CaseAccepted",
        "CaseReturned",
        "CaseAnswered",
        "CaseSuspended",
        "CaseResumed",
    }
    assert {name for name, moment in moments.items() if moment == "recorded"} == {"CaseTold", "CaseLinked"}
    assert {"CaseForwarded", "CaseDisputed", "CaseMoved", "CaseReclassified"} <= {
        name for name, moment in moments.items() if moment == "changed"
    }


def test_an_owner_without_a_recipient_or_an_active_one_is_on_record() -> None:
    directory = Directory(1, [Recipient("office", OFFICE, active=False)])
    rows = {row.body: (row.recipient_id, row.state, row.reason) for row in plan(of_case(notice()), directory)}
    assert rows == {
        FRONT: (f"-{FRONT}", "unsent", "no_recipient"),
        OFFICE: (f"-{OFFICE}", "unsent", "no_active_channel"),
    }


def test_wishes_about_digests_are_kept() -> None:
    eager, busy = Recipient("eager", FRONT, "at_once"), Recipient("busy", FRONT, "urgent_only")
    rows = {row.recipient_id: row for row in plan(of_case(notice()), Directory(1, [eager, busy]))}
    assert rows["eager"].urgency == "urgent"
    assert (rows["busy"].state, rows["busy"].reason) == ("unsent", "not_wanted")
    urgent = {row.recipient_id: row for row in plan(of_case(notice(severity=3)), Directory(1, [busy]))}
    assert urgent["busy"].state == "planned"


def test_a_warning_goes_to_authority_and_front_and_one_level_up() -> None:
    rows = of_warning(WarningNotice("raised", False, (COMMUNE, "udistrict", PROVINCE)))
    assert {a.body for a in rows} == {OFFICE, FRONT, "ubnd@udistrict", "mttq@udistrict"}
    assert {a.urgency for a in rows} == {"urgent"}


def test_a_restricted_warning_stays_with_the_front_of_the_province() -> None:
    rows = of_warning(WarningNotice("raised", True, (COMMUNE, PROVINCE)))
    assert [a.body for a in rows] == [TOP]
    assert of_warning(WarningNotice("raised", True, ())) == ()
