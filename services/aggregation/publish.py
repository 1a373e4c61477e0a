"""The one allow-list from the service's decisions to `situation.events`: what is not named is not said."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from services.aggregation.domain.surge import Cleared, Detector, Raised, detector_of
from shared.contracts.events import WarningCleared, WarningRaised
from shared.contracts.vocabulary import Category


def warning_raised(
    raised: Raised, path: Sequence[str], detector: Detector, decided_at: datetime
) -> WarningRaised:
    """`path`: from the unit up to its province, that day."""
    return WarningRaised(
        warning_id=raised.warning_id,
        unit=raised.series.unit,
        path=tuple(path),
        category=cast(Category, raised.series.category),
        window_start=raised.day,
        window_end=raised.day,
        detector=detector_of(raised.series, detector),
        restricted=raised.series.restricted,
        decided_at=decided_at,
        observed=raised.reading.observed,
        expected=round(raised.reading.expected, 3),
        threshold=round(raised.reading.threshold, 3),
    )


def warning_cleared(
    cleared: Cleared, path: Sequence[str], detector: Detector, decided_at: datetime
) -> WarningCleared:
    """As `warning_raised`; `observed` is the count that told that it is over."""
    return WarningCleared(
        warning_id=cleared.warning_id,
        unit=cleared.series.unit,
        path=tuple(path),
        category=cast(Category, cleared.series.category),
        window_start=cleared.day,
        window_end=cleared.day,
        detector=detector_of(cleared.series, detector),
        restricted=cleared.series.restricted,
        decided_at=decided_at,
        observed=cleared.observed,
    )
