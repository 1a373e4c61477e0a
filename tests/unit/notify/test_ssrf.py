"""Which addresses webhooks may be sent to: public ones, in no disguise."""

import pytest

from services.notify.senders.ssrf import ForbiddenAddress, Unresolved, choose, is_public

PUBLIC = ["1.1.1.1", "193.0.6.139", "2001:4860:4860::8888", "2606:4700::1111", "64:ff9b::101:101"]
INNER = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1",
    "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:101:101::1", "3fff::1", "5f00::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip
NOT_ADDRESSES = ["", "localhost", "127.1", "2130706433", "0x7f000001", "1.1.1.1.evil.example", "[::1]"]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", INNER + NOT_ADDRESSES)
def test_others_may_not_in_any_form(address: str) -> None:
    assert not is_public(address)


def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    assert choose(["1.1.1.1", "2606:4700::1111"], loopback_allowed=False) == "1.1.1.1"
    for inner in ("127.0.0.1", "::ffff:10.0.0.1"):
        with pytest.raises(ForbiddenAddress):
            choose(["1.1.1.1", inner], loopback_allowed=False)


def test_no_address_is_not_forbidden_but_may_come_later() -> None:
    with pytest.raises(Unresolved):
        choose([], loopback_allowed=False)


def test_leave_for_loopback_is_leave_for_nothing_else() -> None:
    assert choose(["127.0.0.1", "::1"], loopback_allowed=True) == "127.0.0.1"
    for other in ("169.254.169.254", "10.0.0.1", "1.1.1.1"):
        with pytest.raises(ForbiddenAddress):
            choose([other], loopback_allowed=True)
