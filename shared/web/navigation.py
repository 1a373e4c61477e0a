"""Links between the services' pages: plain URLs, under one origin or on configured bases."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NavLink:
    """One entry of the header. `key` is what a page sets as `active` to be marked as the current one."""

    key: str
    href: str
    text: str


_OFFICERS = (
    ("dashboard", "aggregation", "/dashboard", "Tổng quan"),
    ("cases", "routing", "/cases", "Vụ việc"),
    ("map", "routing", "/map", "Đơn vị"),
    ("reports", "aggregation", "/situation-reports", "Báo cáo tình hình"),
    ("deliveries", "notify", "/deliveries", "Thông báo"),
    ("form", "intake", "/", "Gửi phản ánh"),
)


def officer_nav(bases: Mapping[str, str] | None = None) -> tuple[NavLink, ...]:
    """The header of the officers' pages.

    `bases` maps a service's name to the base URL of its pages, without a trailing slash; a service that is
    not named is taken to be under the same origin.
    """
    known = bases or {}
    return tuple(
        NavLink(key, known.get(service, "").rstrip("/") + path, text)
        for key, service, path, text in _OFFICERS
    )
