"""The situation report as a document: who issues it, its period in words, names in place of ids."""

from typing import Any
from urllib.parse import urlencode

from services.aggregation.domain.periods import Period, month_of, week_of
from services.aggregation.reader import Reader
from services.aggregation.use_cases.situation_report import SituationReport
from shared.contracts.vocabulary import BREADTHS, STANCES
from shared.units import Unit, full_name
from shared.web.filters import date_vi, local

WEEKS_BACK = 6
MONTHS_BACK = 4


def report_url(unit: str, period: str, as_of: str) -> str:
    """Where a report is shown. `as_of`: the map that its figures are laid on, if not that of then."""
    asked = {"period": period} | ({"as_of": as_of} if as_of not in ("", "then") else {})
    return f"/situation-reports/{unit}?{urlencode(asked)}"


def report_context(reader: Reader, unit: Unit, report: SituationReport, as_of: str) -> dict[str, Any]:
    """Context of `report.html`."""
    period, on = report.period, report.on or report.period.last
    home = reader.units.province_of(unit.id, on)
    return {
        "r": report,
        "unit": unit,
        "name": full_name(unit),
        "issuer": issuer(unit),
        "superior": superior(unit, home),
        "place": home.name if home else unit.name,
        "day": local(reader.now()).date(),
        "period_name": period_name(period),
        "as_of": as_of,
        "other_map": "then" if report.on else "today",
        "url": report_url,
        "silent": [reader.name(u, on) for u in report.units_silent],
        "names": {u: reader.name(u, on) for u in _units_of(report)},
        "stances": STANCES,
        "breadths": BREADTHS,
        "small": reader.settings.small_cell,
        "cases_base": reader.settings.base_urls.get("routing", "").rstrip("/"),
        "typed": report.written,
        "errors": {},
        "stale": False,
    }


def choices(reader: Reader, name: str) -> dict[str, Any]:
    """Context of `reports.html`: a unit's recent weeks and months, and the units to choose from."""
    today = reader.today()
    unit, home = reader.unit(name, today), reader.home()
    communes = sorted(reader.units.units(today, "commune", home.id), key=lambda u: u.name)
    weeks, months = [week_of(today)], [month_of(today)]
    while len(weeks) < WEEKS_BACK:
        weeks.append(weeks[-1].previous)
    while len(months) < MONTHS_BACK:
        months.append(months[-1].previous)
    return {
        "unit": unit,
        "name": full_name(unit),
        "options": [(u.id, full_name(u)) for u in (home, *communes)],
        "periods": [(p.code, period_name(p)) for p in (*weeks, *months)],
    }


def period_name(period: Period) -> str:
    """ "tuần 47 năm 2026 (từ 16/11/2026 đến 22/11/2026)"."""
    if not period.is_week:
        return f"tháng {period.first.month} năm {period.first.year}"
    year, week = period.code.split("-W")
    return f"tuần {int(week)} năm {year} (từ {date_vi(period.first)} đến {date_vi(period.last)})"


def issuer(unit: Unit) -> str:
    """The Front at the unit's level; in a hamlet its working committee."""
    if unit.level == "hamlet":
        return f"Ban Công tác Mặt trận {full_name(unit)}"
    return f"Ủy ban MTTQ Việt Nam {full_name(unit)}"


def superior(unit: Unit, home: Unit | None) -> str | None:
    """Whose line stands above the issuer's."""
    if unit.level == "province":
        return "Ủy ban Trung ương MTTQ Việt Nam"
    return f"Ủy ban MTTQ Việt Nam {full_name(home)}" if home else None


def _units_of(report: SituationReport) -> set[str]:
    return {case.unit for case in report.notable} | {w.unit for w in report.warnings}
