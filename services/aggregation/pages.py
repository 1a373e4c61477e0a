"""Pages for leaders and officers: a unit's dashboard and its situation reports. Vietnamese, no script."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from starlette.templating import Jinja2Templates

from services.aggregation.api import days, period_of
from services.aggregation.problems import problem
from services.aggregation.reader import Reader
from services.aggregation.store.situations import Written
from services.aggregation.use_cases import situation_report
from services.aggregation.views.dashboard import Dashboard
from services.aggregation.views.report import choices, report_context, report_url
from shared.web import officer_nav, templates
from shared.web.catalogue import BASE_TEXTS, Catalogue

TEMPLATES = Path(__file__).parent / "templates"


class ReportForm(BaseModel):
    """What a person writes; `version` is the one that was on the page, 0 if there was none."""

    version: Annotated[int, Field(ge=0)]
    assessment: Annotated[str, Field(max_length=10_000)] = ""
    proposals: Annotated[str, Field(max_length=10_000)] = ""
    written_by: Annotated[str, Field(max_length=100)] = ""

    def written(self) -> Written:
        return Written(self.version, _plain(self.assessment), _plain(self.proposals), _plain(self.written_by))


def pages(reader: Reader) -> APIRouter:
    """All pages of the service."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    show = templates(TEMPLATES, nav=officer_nav(reader.settings.base_urls))
    _dashboard_pages(routes, reader, show)
    _report_pages(routes, reader, show)
    _report_form(routes, reader, show)
    return routes


def _dashboard_pages(routes: APIRouter, reader: Reader, show: Jinja2Templates) -> None:
    dashboard = Dashboard(reader, Catalogue.load(BASE_TEXTS))

    @routes.get("/")
    async def root() -> Response:
        return RedirectResponse("/dashboard")

    @routes.get("/dashboard")
    @routes.get("/units/{unit}")
    async def unit_page(
        request: Request,
        unit: str = "",
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
        as_of: str = "then",
    ) -> Response:
        start, end = days(reader, first, last)
        asked = reader.unit(unit, reader.map_day(as_of) or end)
        context = await dashboard.of(asked, start, end, as_of)
        return show.TemplateResponse(request, "dashboard.html", context)


def _report_pages(routes: APIRouter, reader: Reader, show: Jinja2Templates) -> None:
    @routes.get("/situation-reports")
    async def report_list(
        request: Request, unit: str = "", period: str = "", as_of: str = "then"
    ) -> Response:
        if period:
            asked = reader.unit(unit, reader.today())
            return RedirectResponse(report_url(asked.id, period_of(period).code, as_of))
        return show.TemplateResponse(request, "reports.html", choices(reader, unit))

    @routes.get("/situation-reports/{unit}")
    async def report(request: Request, unit: str, period: str, as_of: str = "then") -> Response:
        return show.TemplateResponse(request, "report.html", await _report(reader, unit, period, as_of))


def _report_form(routes: APIRouter, reader: Reader, show: Jinja2Templates) -> None:
    @routes.post("/situation-reports/{unit}")
    async def write(
        request: Request,
        unit: str,
        period: str,
        words: Annotated[ReportForm, Form()],
        as_of: str = "then",
    ) -> Response:
        _same_origin(request)
        span = period_of(period)
        asked = reader.unit(unit, reader.map_day(as_of) or span.last)
        text = words.written()
        errors = {} if text.written_by else {"written_by": "Xin ghi tên hoặc chức danh người viết."}
        if not errors and await situation_report.write(reader.database, asked.id, span, words.version, text):
            return RedirectResponse(report_url(asked.id, span.code, as_of) + "#danh-gia", 303)
        context = await _report(reader, unit, period, as_of)
        context |= {"typed": text, "errors": errors, "stale": not errors}
        return show.TemplateResponse(request, "report.html", context, 422 if errors else 409)


async def _report(reader: Reader, unit: str, period: str, as_of: str) -> dict[str, Any]:
    span, on = period_of(period), reader.map_day(as_of)
    asked = reader.unit(unit, on or span.last)
    found = await situation_report.read(
        reader.database,
        reader.units,
        situation_report.Question(asked, span, on),
        now=reader.now(),
        limit=reader.settings.small_cell,
    )
    return report_context(reader, asked, found, as_of)


def _plain(text: str) -> str:
    """Line ends as PostgreSQL and people expect them; no U+0000, which no text column takes."""
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def _same_origin(request: Request) -> None:
    """A form of another site must not write here; browsers say where a request comes from."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise problem("foreign_origin", "origin")
