"""The clock of the people: working days, the days of counts, and what pages show. Storage is in UTC."""

from typing import Final
from zoneinfo import ZoneInfo

LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")
