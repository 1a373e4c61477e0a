"""Bodies that a text names: which of them it accuses, and which the reporter only turns to.

A name alone accuses nobody: a deed must follow it, or somebody of the body be meant (`cán bộ sở ...`). But
once a case is guarded, a body that is named is kept out of it, unless it is one that denunciations are sent
to and nothing else is said of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.routing.domain.lexicon import Hit
from services.routing.domain.text import Text, fold

Found = Mapping[str, Sequence[Hit]]

_PROVINCE = "co_quan:"
_BELOW = "co_quan_cap_duoi"
_HIDING = "khong_co_quan"
_FOLLOWS = 6
"""A deed that begins within so many words after a body's name (its place among them) is that body's."""
_SPEAKS = 30
"""How far what is said of a body may reach, in words."""
_JUDGES = frozenset({"mttq", "thanh_tra", "uy_ban_kiem_tra", "cong_an", "ubnd"})
"""Whom residents ask to look into a matter. Other bodies are kept out wherever they are named."""
_ADDRESSING = frozenset(
    {"gửi", "nghị", "nhờ", "mong", "cầu", "thưa", "mời", "báo", "lên", "tới", "đến", "cần"}
)
"""Last words of `kính gửi`, `đề nghị`, `nhờ`, `mong`, `yêu cầu` and the like."""
_ADDRESSING_FOLDED = frozenset(map(fold, _ADDRESSING))
_TELLING = frozenset(
    {("phan", "anh"), ("de", "nghi"), ("kien", "nghi"), ("cho", "biet"), ("huong", "dan"), ("bao", "cao")}
)
_BEFORE_NAMES = frozenset(
    {"cac", "may", "anh", "chi", "chu", "ong", "ba", "dong", "luc", "luong", "uy", "ban", "nhan", "dan", "va"}
)
_CALLING = frozenset(
    {"goi", "hoi", "xung", "danh", "xin", "voi", "gap", "cung", "qua", "cho", "giup", "thieu"}
)
_SAYS = frozenset({"bao", "goi", "phan", "ghi", "ve", "nghi", "huu"})
_LINKS = frozenset({"va", "cung", "hoac", "hay", "uy", "ban"})
_STAFF = frozenset(
    {("can", "bo"), ("nhan", "vien"), ("chuyen", "vien"), ("lanh", "dao"), ("giam", "doc"), ("cong", "chuc")}
    | {("vien", "chuc"), ("chu", "tich"), ("bi", "thu"), ("truong", "phong"), ("truong", "ban")}
    | {("thu", "truong"), ("pho", "phong"), ("mot", "nguoi"), ("dung", "dau")}
)
_AND = frozenset({"va", "cung", "voi"})
_OF = frozenset({"cua", "o", "thuoc", "tai", "trong", "uy", "ban"})
_IDLE = frozenset({"chua", "khong"})


@dataclass(frozen=True, slots=True)
class Named:
    """A body that is named; `kind` is None below the province. `hit` holds the title of whom of it is meant.

    `staffed`: somebody of it is meant; `charged`: a deed is told of it; `asked`: the reporter turns to it, or
    it is the one that tells; `cleared`: asked, also in a list, and nothing is told of it before others.
    """

    kind: str | None
    hit: Hit
    staffed: bool
    charged: bool
    asked: bool
    cleared: bool

    @property
    def suspect(self) -> bool:
        """Whether it must be kept out of a guarded case."""
        return not (self.cleared and self.kind in _JUDGES)


def named_bodies(text: Text, found: Found, deeds: Iterable[int]) -> tuple[Named, ...]:
    """The bodies that a text names, in its order; `deeds`: the words at which a deed begins."""
    hits = _visible(found)
    if not hits:
        return ()
    offices = {hit.start for tag in found if tag.startswith("vai:") for hit in found[tag]}
    around = _Around(text, sorted(offices | {_staff(text, hit.start) for hit in hits}), sorted(deeds))
    listed: list[bool] = []
    for at, hit in enumerate(hits):
        after_one = at > 0 and _listed(text, hits[at - 1], hit)
        listed.append(_asked(text, hit) or (after_one and listed[-1]))
    out: list[Named] = []
    # Backwards, since what is told of the second of two bodies is told of the first.
    for hit, turned_to in reversed(list(zip(hits, listed, strict=True))):
        out.append(_named(hit, around, out, turned_to=turned_to))
    return tuple(reversed(out))


@dataclass(frozen=True, slots=True)
class _Around:
    """A text, and where somebody is named and where a deed begins in it, in order."""

    text: Text
    begins: Sequence[int]
    deeds: Sequence[int]


def _named(hit: Hit, around: _Around, after: Sequence[Named], *, turned_to: bool) -> Named:
    """What is told of one body. `after`: those that follow it; `turned_to`: it is asked, also in a list."""
    text, end = around.text, hit.end
    deed = next((start for start in around.deeds if start >= end), None)
    next_one = next((start for start in around.begins if start >= end), None)
    told = deed is not None and deed <= min(end + _SPEAKS, deed if next_one is None else next_one)
    if next_one is not None and _joined(text, end, next_one):
        told = told or not any(body.cleared and body.hit.start == next_one for body in after)
    first = _staff(text, hit.start)
    staffed = first < hit.start and not _addressed(text, first)
    asked = _asked(text, hit)
    return Named(
        kind=hit.term.tag.removeprefix(_PROVINCE) if hit.term.tag != _BELOW else None,
        hit=Hit(hit.term, first, end) if staffed else hit,
        staffed=staffed,
        charged=told and not asked and deed is not None and follows(text, end, deed),
        asked=asked,
        cleared=turned_to and not told,
    )


def _visible(found: Found) -> list[Hit]:
    """Names that are not part of a longer one, nor begin one of the same body's, in the order of the text."""
    hits = [hit for tag in found if tag.startswith(_PROVINCE) or tag == _BELOW for hit in found[tag]]
    if not hits:
        return []
    hiding = [*hits, *found.get(_HIDING, ())]
    shown = [hit for hit in hits if not any(inside(hit, other) or _begins(hit, other) for other in hiding)]
    return sorted(shown, key=lambda hit: (hit.start, hit.term.tag))


def inside(hit: Hit, other: Hit) -> bool:
    """Whether a phrase is part of a longer one."""
    wider = other.end - other.start > hit.end - hit.start
    return wider and other.start <= hit.start and hit.end <= other.end


def _begins(hit: Hit, other: Hit) -> bool:
    """`Thanh tra tỉnh, Ủy ban Kiểm tra`: no Tỉnh ủy is named there beside the committee."""
    return hit.term.tag == other.term.tag and hit.start < other.start < hit.end < other.end


def _addressed(text: Text, at: int) -> bool:
    """Whether the words before `at` turn to whoever is named there."""
    if not at:
        return False
    return text.words[at - 1] in _ADDRESSING if text.marked else text.keys[at - 1] in _ADDRESSING_FOLDED


def turned_to(text: Text, hit: Hit) -> bool:
    """Whether an office is only asked, called, or tells something itself (`gọi mấy anh công an xã`)."""
    at = hit.start
    while at and text.keys[at - 1] in _BEFORE_NAMES:
        at -= 1
    called = at > 0 and text.keys[at - 1] in _CALLING
    return called or _addressed(text, at) or not _SAYS.isdisjoint(text.keys[hit.end : hit.end + 2])


def _asked(text: Text, hit: Hit) -> bool:
    return _addressed(text, hit.start) or tuple(text.keys[hit.end : hit.end + 2]) in _TELLING


def _listed(text: Text, before: Hit, hit: Hit) -> bool:
    """`đề nghị Thanh tra tỉnh, Ủy ban Kiểm tra ...`: the second of a list is asked with the first."""
    between = text.keys[before.end : hit.start]
    return before.term.tag != hit.term.tag and len(between) <= 2 and _LINKS.issuperset(between)


def _joined(text: Text, end: int, start: int) -> bool:
    """`Mặt trận tỉnh và chủ tịch xã ...`: what is told of the second is told of the first."""
    return start - end <= _FOLLOWS and not _AND.isdisjoint(text.keys[end:start])


def _staff(text: Text, start: int) -> int:
    """Where the title of somebody of the body begins; `start` if there is none."""
    at = start
    while at > max(0, start - 3) and text.keys[at - 1] in _OF:
        at -= 1
    for size in range(at, start + 1):
        if size >= 2 and (text.keys[size - 2], text.keys[size - 1]) in _STAFF:
            return size - 2
    return start


def follows(text: Text, end: int, deed: int) -> bool:
    """Whether a deed is told right after a name that ends at `end`, and not that it was not done."""
    return 0 <= deed - end <= _FOLLOWS and _IDLE.isdisjoint(text.keys[end:deed])


def kept_out(bodies: Iterable[Named]) -> Iterator[str]:
    """Kinds of bodies of the province that must not know of a guarded case, each once."""
    seen: set[str] = set()
    for body in bodies:
        if body.kind is not None and body.suspect and body.kind not in seen:
            seen.add(body.kind)
            yield body.kind
