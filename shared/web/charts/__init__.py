"""Charts as inline SVG, drawn on the server: bars, stacked bars, columns and lines over time.

Pure functions from numbers to Markup. Lengths are percentages of the drawing, so a chart is as wide as its
place and its letters stay as large as the page's; every chart is readable without colour, hover and script.
Colours are classes (`drawings.css`), since the content security policy forbids inline style.
"""

from shared.web.charts.bars import Bar, bar_chart, stacked_bars
from shared.web.charts.over_time import columns, time_series
from shared.web.charts.parts import Series

__all__ = ["Bar", "Series", "bar_chart", "columns", "stacked_bars", "time_series"]
