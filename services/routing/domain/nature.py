"""Of which kind a report is in law, how severe, at which level, and whether somebody in office is accused.

Signals are phrases of the lexicon whose tag is no category: `khen`, `gop_y`, `hoi_dap`, `kien_nghi`,
`khieu_nai`, `khan_cap`, `cap_tinh` and so on; `rules/signals-*.toml` list them.
"""

from itertools import compress, count
from typing import cast

from services.routing.domain.accused import Accusation
from services.routing.domain.case import Nature, Place, Reason, Topic
from services.routing.domain.lexicon import Hit
from services.routing.domain.linear import Scores
from services.routing.domain.ruleset import Rules
from services.routing.domain.text import Text
from shared.contracts.vocabulary import Category, Flag, LegalKind, Level, Severity

_PROVINCE_CATEGORIES = frozenset({"tham-nhung-tieu-cuc"})
_PROVINCE_ROLES = frozenset({"commune_chair", "commune_vice_chair", "commune_police", "agency_province"})
_NEVER_SEVERE = ("khen", "gop_y")
_WANTING = frozenset({"kien_nghi", "khieu_nai", "nhan_day"})
_DISPUTED = frozenset({"giao-duc", "tthc-thai-do-can-bo", "xay-dung-trat-tu-do-thi"})
_COUNTED = frozenset(
    ("hộ", "gia đình", "người", "công nhân", "nhà", "anh chị em", "phụ huynh", "tiểu thương", "em")
)
_RULED = 0.3
"""What the rules' word on the kind weighs beside the model's scores, by cross-validation."""
_SEVERITY_RULED = 0.7
"""The same of severity."""
_ENDANGERED = 0.4
"""From this score of the model on somebody may be in danger: a missed one is worse than a false alarm."""
_COUNTED_WORDS = 3
"""How many words the longest of them has."""


def nature_of(signals: "Signals", charge: Accusation, topic: Topic, place: Place, rules: Rules) -> Nature:
    """The kind, severity, level, flags and accused of a report."""
    said = signals.said
    kind = _weighed(legal_kind(signals, charge, topic.category), said)
    flags = flags_of(signals)
    severity = severity_of(signals, kind, topic.category, flags, rules)
    if kind not in _NEVER_SEVERE and topic.category not in _PROVINCE_CATEGORIES:
        severity = cast(Severity, int(_surest("severity", str(severity), _SEVERITY_RULED, said)))
    endangered = severity < 3 and kind == "phan_anh" and said.value("severity:3") >= _ENDANGERED
    severity = 3 if endangered else severity
    level = level_of(signals, charge, topic.category, place, kind)
    sensitive = charge.sensitive or topic.category == "tham-nhung-tieu-cuc"
    version = rules.version
    reasons = [
        Reason(f"nature.{kind}", version, None, signals.words(kind)),
        Reason(
            f"severity.{severity}",
            version,
            None,
            said.words("severity:3") if endangered else signals.words("khan_cap") if severity == 3 else (),
        ),
        Reason(f"level.{level}", version, None, signals.words("cap_tinh") if level == "province" else ()),
    ]
    if charge.role or sensitive:
        # The rule's id is public: whether the accused is known, never which office it is.
        found = "xac-dinh" if charge.role else "chua-ro"
        reasons.append(Reason(f"accused.{found}", version, None, charge.words))
    return Nature(
        legal_kind=kind,
        severity=severity,
        level=level,
        flags=flags,
        sensitive=sensitive,
        party=charge.party,
        accused=charge.role,
        accused_kind=charge.kind,
        involved=charge.involved,
        named=charge.named,
        reasons=tuple(reasons),
    )


class Signals:
    """The signal phrases of a text by tag, and what the model said of it."""

    __slots__ = ("found", "said", "text")

    def __init__(self, text: Text, hits: tuple[Hit, ...], said: Scores) -> None:
        self.text = text
        self.said = said
        found: dict[str, list[Hit]] = {}
        for hit in hits:
            found.setdefault(hit.term.tag, []).append(hit)
        self.found = found

    def __contains__(self, tag: str) -> bool:
        return tag in self.found

    def words(self, tag: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(hit.term.phrase for hit in self.found.get(tag, ())))


def legal_kind(signals: Signals, charge: Accusation, category: Category) -> LegalKind:
    """Praise, suggestion, denunciation, complaint, petition, question; else a reflection.

    An accusation against somebody in office is information with denunciation content, never a to_cao: the
    system does not decide that (Luật Tố cáo Đ.22, 25).
    """
    order: tuple[tuple[LegalKind, bool], ...] = (
        ("khen", _praises(signals) and not charge.deed),
        ("thong_tin_to_cao", charge.denounced),
        ("khieu_nai", "khieu_nai" in signals),
        ("thong_tin_to_cao", category == "tham-nhung-tieu-cuc"),
        ("gop_y", "gop_y" in signals),
        ("kien_nghi", "kien_nghi" in signals),
        ("hoi_dap", "hoi_dap" in signals and "than_phien" not in signals),
    )
    return next((kind for kind, fits in order if fits), "phan_anh")


def _weighed(kind: LegalKind, said: Scores) -> LegalKind:
    """The kind by the rules, unless the model is surer of another; it never takes an accusation away."""
    if kind == "thong_tin_to_cao":
        return kind
    return cast(LegalKind, _surest("kind", kind, _RULED, said))


def _surest(question: str, ruled: str, lead: float, said: Scores) -> str:
    """The answer of the rules, unless the model scores another by more than `lead` higher."""
    answers, scores = said.of(question)
    best = max(scores, default=0.0)
    if best <= said.value(f"{question}:{ruled}") + lead:
        return ruled
    return answers[scores.index(best)]


def _praises(signals: Signals) -> bool:
    return "khen" in signals and _WANTING.isdisjoint(signals.found)


def severity_of(
    signals: Signals, kind: LegalKind, category: Category, flags: tuple[Flag, ...], rules: Rules
) -> Severity:
    """0-3: the category's default, raised by danger now, lowered by the kind."""
    default = rules.categories[category].severity
    if category == "tham-nhung-tieu-cuc":
        return 3
    if kind in _NEVER_SEVERE:
        return 0
    urgent = kind != "hoi_dap" and "khan_cap" in signals
    if urgent or (default == 3 and kind == "phan_anh" and "phong_ngua" not in signals):
        return 3
    if kind != "hoi_dap" and _soon(signals, kind, category, flags, default):
        return 2
    return 1 if default else 0


def _soon(
    signals: Signals, kind: LegalKind, category: Category, flags: tuple[Flag, ...], default: int
) -> bool:
    """Whether it must be dealt with soon (2): by the category, danger, crowds, or a right in dispute."""
    disputed = kind in ("thong_tin_to_cao", "khieu_nai") and category in _DISPUTED
    return default >= 2 or disputed or "nguy_hiem" in signals or "diem_nong" in flags


def flags_of(signals: Signals) -> tuple[Flag, ...]:
    """The flags that the words show."""
    out: list[Flag] = []
    crowd = "dong_nguoi" in signals or _many(signals.text)
    if crowd:
        out.append("dong_nguoi")
    if crowd or "phuc_tap" in signals:
        out.append("phuc_tap")
    flags: tuple[Flag, ...] = ("keo_dai", "vuot_cap", "diem_nong", "ton_giao_dan_toc")
    out.extend(flag for flag in flags if flag in signals)
    return tuple(out)


def _many(text: Text) -> bool:
    words = text.words
    for at in compress(count(), map(str.isdecimal, words)):
        if len(words[at]) <= 5 and int(words[at]) >= 5:
            ends = range(at + 2, at + 2 + _COUNTED_WORDS)
            if any(" ".join(words[at + 1 : end]) in _COUNTED for end in ends):
                return True
    return False


def level_of(
    signals: Signals, charge: Accusation, category: Category, place: Place, kind: LegalKind
) -> Level:
    """Who is competent: the province for corruption, leaders, its own fields and what no commune owns."""
    if category in _PROVINCE_CATEGORIES or charge.role in _PROVINCE_ROLES:
        return "province"
    if place.outside or place.whole:
        return "province"
    if place.unit is None and not place.candidates and category != "khac":
        return "province"
    if f"cap_tinh:{category}" in signals or ("cap_tinh" in signals and kind != "khen"):
        return "province"
    return "commune"
