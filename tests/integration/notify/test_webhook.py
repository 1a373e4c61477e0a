"""Webhooks to receivers that redirect, hang, drip and fail."""

import base64
import hashlib
import hmac
import time

import orjson

from services.notify.senders.signing import derive_secret
from tests.integration.notify.ground import FRONT, KEY, Notify, Receiver, case_event, recipient

ENDS = "SELECT state, error, attempts FROM deliveries"


async def ready(notify: Notify, url: str = "") -> None:
    hook = url or f"http://localhost:{notify.web}/hook?x=1"
    await notify.load(recipient("hook", FRONT, channel="webhook", address=hook, secret_id="front-1"))
    await notify.plan(case_event())
    assert await notify.compose() == 1


async def test_the_signature_is_what_standard_webhooks_says(notify: Notify, receiver: Receiver) -> None:
    await ready(notify)
    await notify.dispatch_until(notify.settled)
    (line, headers, body) = receiver.requests[0]
    assert line == "POST /hook?x=1 HTTP/1.1"
    assert headers["host"] == f"localhost:{notify.web}"
    secret = base64.b64decode(derive_secret(base64.b64decode(KEY), "front-1").removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    (item,) = orjson.loads(body)["data"]["items"]
    assert (item["category"], item["state"], item["version"]) == ("giao-thong-ha-tang", "opened", 1)


async def test_the_id_stays_the_same_on_a_retry(notify: Notify, receiver: Receiver) -> None:
    receiver.answers = [b"HTTP/1.1 500 Oops\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]
    await ready(notify)
    await notify.dispatch_until(notify.settled)
    assert len(receiver.requests) == 2
    assert len({headers["webhook-id"] for _, headers, _ in receiver.requests}) == 1
    assert await notify.rows(ENDS) == [("delivered", None, 2)]


async def test_a_redirect_is_not_followed(notify: Notify, receiver: Receiver) -> None:
    target = f"http://localhost:{notify.web}/inner".encode()
    receiver.answers = [b"HTTP/1.1 302 Found\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n"]
    await ready(notify)
    await notify.dispatch_until(notify.settled)
    assert len(receiver.requests) == 1
    assert await notify.rows(ENDS) == [("failed", "http_redirect", 1)]


async def test_an_endless_body_does_not_hold_up_what_the_status_said(
    notify: Notify, receiver: Receiver
) -> None:
    receiver.answers, receiver.drip = [b"HTTP/1.1 200 OK\r\n\r\n"], True
    await ready(notify)
    began = time.monotonic()
    await notify.dispatch_until(notify.settled)
    assert time.monotonic() - began < 5
    assert await notify.rows(ENDS) == [("delivered", None, 1)]


async def test_a_hanging_receiver_does_not_hold_up_another(notify: Notify, receiver: Receiver) -> None:
    receiver.hang = True
    other = Receiver()
    server = await other.listen()
    slow = f"http://localhost:{notify.web}/slow"
    row = recipient("slow", FRONT, channel="webhook", address=slow, secret_id="a")
    await notify.load(row, recipient("mail", FRONT))
    await notify.plan(*(case_event(severity=3) for _ in range(6)))
    await notify.compose()
    mails = "SELECT count(*) FROM deliveries WHERE channel = 'email' AND state = 'delivered'"
    began = time.monotonic()

    async def mailed() -> bool:
        return await notify.value(mails) == 6

    await notify.dispatch_until(mailed)
    assert time.monotonic() - began < notify.timeout_s + 8
    assert len(receiver.requests) <= 2
    server.close()


async def test_inner_addresses_are_never_connected_to(notify: Notify, receiver: Receiver) -> None:
    await ready(notify, f"https://127.0.0.1:{receiver.port}/")
    await notify.dispatch_until(notify.settled)
    assert receiver.requests == []
    assert await notify.rows(ENDS) == [("failed", "forbidden_address", 1)]


async def test_plain_http_needs_leave(notify: Notify, receiver: Receiver) -> None:
    await ready(notify, f"http://127.0.0.1:{receiver.port}/")
    await notify.dispatch_until(notify.settled)
    assert receiver.requests == []
    assert await notify.rows(ENDS) == [("failed", "address_refused", 1)]
