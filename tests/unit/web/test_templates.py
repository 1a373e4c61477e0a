"""Pages: escaping, the frame, and that they name no other host."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jinja2 import UndefinedError

from shared.web import officer_nav
from shared.web.templating import environment
from tests.unit.web import gallery
from tests.unit.web.gallery import NASTY


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return gallery.render()


def inline(source: str, **context: object) -> str:
    return environment(Path(__file__).parent).from_string(source).render(**context)


@pytest.mark.parametrize("name", ["form.html", "cases.html"])
def test_stored_script_is_shown_not_run(pages: dict[str, str], name: str) -> None:
    assert NASTY not in pages[name]
    assert "&lt;script&gt;alert(" in pages[name]


def test_every_component_escapes_its_arguments() -> None:
    source = """
    {% from "components.html" import badge, timeline, pager, figure, facts, alert, card, empty, reasons %}
    {{ badge(x) }}{{ figure(x, x, note=x, change=x, href=x) }}{{ facts([(x, x)]) }}{{ alert(x, title=x) }}
    {{ pager(x, x) }}{{ empty(x) }}{{ reasons([x]) }}{% call card(x) %}{{ x }}{% endcall %}
    {{ timeline([{"title": x, "at": at, "by": x, "text": x, "reasons": [x]}]) }}
    {% from "forms.html" import field, textarea, select, choices, checkbox, error_summary %}
    {{ field("n", x, {"n": x}, {"n": x}, hint=x, extra={"maxlength": x}) }}
    {{ checkbox("n", x, {}, {"n": x}) }}
    {{ textarea("n", x, {"n": x}, hint=x) }}{{ select("n", x, [(x, x)], blank=x) }}
    {{ choices("n", x, [(x, x)], hint=x) }}{{ error_summary({x: x}) }}
    {% from "document.html" import document_head, document_foot %}
    {{ document_head(x, x, x, none, x, x, superior=x) }}{{ document_foot([x], x, x) }}
    """
    out = inline(source, x=f'"{NASTY}', at=gallery.NOW)
    assert "<script" not in out
    assert '"&lt;script' not in out  # no attribute was closed by the value


def test_pages_ask_nothing_of_other_hosts_and_have_no_inline_code(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        plain = html.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", plain), name
        assert not re.search(r"<script(?![^>]*\bsrc=)", plain), name
        assert not re.search(r"\s(?:style|on[a-z]+)=", re.sub(r">[^<]*<", "><", plain)), name
        assert "<style" not in plain, name


def test_drawings_are_well_formed(pages: dict[str, str]) -> None:
    drawings = [svg for html in pages.values() for svg in re.findall(r"<figure.*?</figure>", html, re.DOTALL)]
    assert len(drawings) == 7
    for drawing in drawings:
        ElementTree.fromstring(drawing)


def test_current_page_is_marked_and_the_language_told(pages: dict[str, str]) -> None:
    assert '<html lang="vi">' in pages["cases.html"]
    assert '<a href="/cases" aria-current="page">Vụ việc</a>' in pages["cases.html"]
    assert pages["cases.html"].count('aria-current="page"') == 1


def test_a_field_is_tied_to_its_label_hint_and_error(pages: dict[str, str]) -> None:
    form = pages["form.html"]
    assert '<label for="f-phone">' in form
    assert 'aria-describedby="h-phone e-phone" aria-invalid="true"' in form
    assert '<a href="#f-phone">Số điện thoại</a>: Số điện thoại cần có 10 chữ số.' in form


def test_public_frame_follows_the_language() -> None:
    out = inline(
        "{% extends 'base.html' %}{% block main %}{{ label('state', 'answered') }}{% endblock %}", lang="en"
    )
    assert '<html lang="en">' in out
    assert "Skip to the main content" in out
    assert "Answered" in out


def test_a_misspelt_name_in_a_template_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        inline("{{ cas.title }}")


def test_navigation_can_span_hosts() -> None:
    links = {link.key: link.href for link in officer_nav({"routing": "http://localhost:8002/"})}
    assert links["cases"] == "http://localhost:8002/cases"
    assert links["dashboard"] == "/dashboard"
