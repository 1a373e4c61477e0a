"""Mail through a server that greylists, refuses, hangs and breaks off."""

import asyncio

from deploy.local.mailbox import Mailbox
from tests.integration.notify.ground import FRONT, OFFICE, TOP, Notify, case_event, closed, recipient

ENDS = "SELECT state, error, attempts FROM deliveries ORDER BY recipient_id"
ROWS = "SELECT recipient_id, state, reason FROM notifications ORDER BY recipient_id, version"
NEVER = "UPDATE notifications SET planned_at = clock_timestamp() + interval '1 hour'"


async def ready(notify: Notify, **changes: object) -> None:
    await notify.load(recipient("front", FRONT), recipient("office", OFFICE, policy="urgent_only"))
    await notify.plan(case_event(**changes))
    assert await notify.compose() >= 1


async def test_a_digest_carries_codes_deadline_and_link_and_is_announced(
    notify: Notify, mailbox: Mailbox
) -> None:
    await notify.load(recipient("front", FRONT))
    await notify.plan(case_event(), case_event())
    assert await notify.compose() == 1
    await notify.dispatch_until(notify.settled)
    message = mailbox.read(1)
    assert message["Subject"] == "[Lắng Nghe] Bản tin: 2 thông báo"
    assert (message["Auto-Submitted"], message["To"]) == ("auto-generated", "front@example.org")
    assert message["List-Id"]
    delivery = await notify.value("SELECT id::text FROM deliveries")
    assert message["Message-ID"] == f"<{delivery}@example.org>"
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Đường, cầu, vỉa hè" in text
    assert "hạn giải quyết 15:00 27/11/2026" in text
    assert "http://127.0.0.1:1/cases/" in text
    assert "<img" not in message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert await notify.value("SELECT count(*) FROM outbox WHERE topic = 'notifications.events'") == 2
    states = await notify.rows("SELECT state, count(*) FROM notifications GROUP BY 1 ORDER BY 1")
    assert states == [("delivered", 2), ("unsent", 2)]


async def test_greylisting_is_waited_out(notify: Notify, mailbox: Mailbox) -> None:
    mailbox.behave(["451", "accept"])
    await ready(notify)
    await notify.dispatch_until(notify.settled)
    assert await notify.rows(ENDS) == [("delivered", None, 2)]
    assert mailbox.count() == 1
    assert await notify.rows("SELECT outcome, error FROM attempts ORDER BY number") == [
        ("retry", "smtp_temporary"),
        ("delivered", None),
    ]


async def test_a_refusal_is_final_and_only_its_code_is_kept(notify: Notify, mailbox: Mailbox) -> None:
    mailbox.behave(["550"])
    await ready(notify)
    await notify.dispatch_until(notify.settled)
    assert await notify.rows(ENDS) == [("failed", "smtp_refused", 1)]
    assert ("front", "failed", "smtp_refused") in await notify.rows(ROWS)
    payload = bytes(await notify.value("SELECT payload FROM outbox"))
    assert b"smtp_refused" in payload
    assert b"example.org" not in payload


async def test_a_cut_after_the_final_dot_costs_at_most_one_extra_with_the_same_id(
    notify: Notify, mailbox: Mailbox
) -> None:
    mailbox.behave(["cut", "accept"])
    await ready(notify)
    await notify.dispatch_until(notify.settled)
    assert await notify.rows(ENDS) == [("delivered", None, 2)]
    assert mailbox.count() == 2
    assert len({mail.message_id for mail in mailbox.mails}) == 1


async def test_it_gives_up_after_the_last_attempt(notify: Notify, mailbox: Mailbox) -> None:
    mailbox.behave(["451"])
    await ready(notify)
    await notify.dispatch_until(notify.settled)
    assert await notify.rows(ENDS) == [("failed", "smtp_temporary", notify.attempts)]


async def test_a_hanging_server_costs_a_time_limit_not_a_delivery(notify: Notify, mailbox: Mailbox) -> None:
    notify.timeout_s = 0.5
    mailbox.behave(["hang", "accept"])
    await ready(notify)
    await notify.dispatch_until(notify.settled)
    assert await notify.rows(ENDS) == [("delivered", None, 2)]


async def test_what_died_between_claim_and_mark_is_taken_over(notify: Notify, mailbox: Mailbox) -> None:
    await ready(notify)
    await notify.execute(
        "UPDATE deliveries SET state = 'sending', attempts = 1, lease_token = gen_random_uuid(), "
        "leased_until = clock_timestamp() + interval '0.3 s'"
    )
    await notify.execute("INSERT INTO attempts (delivery_id, number) SELECT id, 1 FROM deliveries")
    await notify.dispatch_until(notify.settled)
    assert mailbox.count() == 1
    assert await notify.rows("SELECT outcome FROM attempts ORDER BY number") == [("lost",), ("delivered",)]


async def test_what_dies_again_and_again_is_given_up(notify: Notify, mailbox: Mailbox) -> None:
    await ready(notify)
    await notify.execute(
        "UPDATE deliveries SET state = 'sending', attempts = $1, lease_token = gen_random_uuid(), "
        "leased_until = clock_timestamp()",
        notify.attempts,
    )
    await notify.dispatch_until(notify.settled)
    assert mailbox.seen == 0
    assert await notify.rows(ENDS) == [("failed", "gave_up", notify.attempts + 1)]


async def test_a_lost_lease_marks_nothing(notify: Notify, mailbox: Mailbox) -> None:
    mailbox.behave(["hang", "accept"])
    notify.timeout_s, notify.lease_s = 1.5, 0.2
    await ready(notify)
    await notify.dispatch_until(notify.settled, notify.dispatcher(), notify.dispatcher())
    assert mailbox.count() == 1
    assert await notify.rows(ENDS) == [("delivered", None, 2)]
    assert await notify.rows("SELECT outcome FROM attempts ORDER BY number") == [("lost",), ("delivered",)]


async def test_two_dispatchers_send_each_message_once(notify: Notify, mailbox: Mailbox) -> None:
    await notify.load(*(recipient(f"r{n:02d}", FRONT) for n in range(25)))
    await notify.plan(case_event(resolving_owner=None))
    await notify.compose()
    await notify.dispatch_until(notify.settled, notify.dispatcher(), notify.dispatcher())
    assert mailbox.count() == len({mail.message_id for mail in mailbox.mails}) == 25


async def test_two_composers_make_each_message_once(notify: Notify) -> None:
    await notify.load(recipient("front", FRONT))
    await notify.plan(*(case_event(severity=3) for _ in range(5)))
    await asyncio.gather(*(notify.compose() for _ in range(4)))
    assert await notify.value("SELECT count(*) FROM deliveries") == 5
    assert await notify.value("SELECT count(DISTINCT event_id) FROM delivery_items") == 5


async def test_a_superseded_one_is_not_sent_and_today_s_facts_are(notify: Notify, mailbox: Mailbox) -> None:
    await notify.load(recipient("front", FRONT))
    opened = case_event()
    await notify.plan(opened)
    await notify.plan(case_event(closed, opened.event.case_id, 2, state="withdrawn"))
    assert await notify.compose() == 1
    await notify.dispatch_until(notify.settled)
    assert mailbox.count() == 1
    text = mailbox.read(1).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Đã rút" in text
    rows = [row for row in await notify.rows(ROWS) if row[0] == "front"]
    assert rows == [("front", "superseded", "newer_version"), ("front", "delivered", None)]


async def test_who_may_not_know_any_more_is_not_told(notify: Notify, mailbox: Mailbox) -> None:
    await ready(notify)
    await notify.execute("UPDATE known_cases SET audience = $1", [OFFICE])
    await notify.dispatch_until(notify.settled)
    assert mailbox.seen == 0
    assert await notify.rows(ENDS) == [("withheld", "withdrawn", 1)]
    assert ("front", "unsent", "out_of_audience") in await notify.rows(ROWS)


async def test_a_message_does_not_follow_its_recipient_to_another_body(
    notify: Notify, mailbox: Mailbox
) -> None:
    await ready(notify)
    await notify.load(recipient("front", TOP, address="elsewhere@example.org"))
    await notify.dispatch_until(notify.settled)
    assert mailbox.seen == 0
    assert await notify.rows(ENDS) == [("withheld", "recipient_moved", 1)]
    assert ("front", "unsent", "recipient_moved") in await notify.rows(ROWS)
    assert await notify.value("SELECT count(*) FROM outbox") == 0


async def test_what_was_planned_for_a_body_does_not_follow_its_recipient_to_another(
    notify: Notify, mailbox: Mailbox
) -> None:
    await notify.load(recipient("front", FRONT))
    await notify.plan(case_event(severity=3))
    await notify.load(recipient("front", TOP, address="elsewhere@example.org"))
    await notify.plan(case_event(severity=3, listening_owner=TOP))
    assert await notify.compose() == 1
    await notify.dispatch_until(notify.settled)
    assert mailbox.count() == 1
    rows = [row for row in await notify.rows(ROWS) if row[0] == "front"]
    assert sorted(rows, key=str) == [("front", "delivered", None), ("front", "unsent", "recipient_moved")]


async def test_a_flood_collapses(notify: Notify, mailbox: Mailbox) -> None:
    notify.flood_limit = 3
    await notify.load(recipient("front", FRONT))
    await notify.plan(*(case_event(severity=3) for _ in range(10)))
    assert await notify.compose() == 1
    await notify.dispatch_until(notify.settled)
    assert mailbox.mails[0].subject == "[Lắng Nghe] KHẨN CẤP: 10 thông báo gộp"


async def test_who_was_switched_off_meanwhile_is_on_record(notify: Notify) -> None:
    await notify.load(recipient("front", FRONT))
    await notify.plan(case_event())
    await notify.load(recipient("front", FRONT, active="0"))
    assert await notify.compose() == 0
    assert ("front", "unsent", "no_active_channel") in await notify.rows(ROWS)


async def test_line_breaks_in_an_address_never_reach_the_server(notify: Notify, mailbox: Mailbox) -> None:
    await notify.load(recipient("front", FRONT))
    await notify.execute("UPDATE recipients SET address = 'a@example.org,b@example.org'")
    await notify.plan(case_event())
    await notify.compose()
    await notify.dispatch_until(notify.settled)
    assert mailbox.seen == 0
    assert await notify.rows(ENDS) == [("failed", "address_refused", 1)]
