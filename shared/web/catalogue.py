"""Texts of the pages, one TOML file a language: Vietnamese is complete, others may follow."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

VIETNAMESE = "vi"
BASE_TEXTS = Path(__file__).parent / "texts"

_CALL = re.compile(r"""\bt\(\s*["']([a-z0-9_.\-]+)["']""")


class Catalogue:
    """Texts by language and dotted key (`[form] title = "..."` is `form.title`). Immutable once built."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        self._texts = {language: dict(entries) for language, entries in texts.items()}
        self._texts.setdefault(VIETNAMESE, {})

    @classmethod
    def load(cls, *folders: Path) -> "Catalogue":
        """Read `<language>.toml` of every folder; where a key occurs twice, the later folder has the word."""
        texts: dict[str, dict[str, str]] = {}
        for folder in folders:
            for file in sorted(folder.glob("*.toml")):
                entries = tomllib.loads(file.read_text(encoding="utf-8"))
                texts.setdefault(file.stem, {}).update(_flatten(entries))
        return cls(texts)

    @property
    def languages(self) -> tuple[str, ...]:
        """Vietnamese first."""
        return tuple(sorted(self._texts, key=lambda language: (language != VIETNAMESE, language)))

    def text(self, key: str, language: str = VIETNAMESE, /, **values: object) -> str:
        """The text with its `{placeholders}` filled; Vietnamese where the language lacks it.

        Raises KeyError when Vietnamese lacks it too: that is a mistake in a page, never shown to anybody,
        because `unknown_keys` is empty in a test of every service.
        """
        found = self._texts.get(language, {}).get(key)
        if found is None:
            found = self._texts[VIETNAMESE][key]
        return found.format_map(values) if values else found

    def label(self, kind: str, code: str | None, language: str = VIETNAMESE) -> str:
        """The name of a code (`label("category", "rac-thai")`); the code itself where it has none yet."""
        if code is None:
            return "–"
        key = f"{kind}.{code}"
        return self._texts.get(language, {}).get(key) or self._texts[VIETNAMESE].get(key, code)

    def keys(self, language: str = VIETNAMESE) -> frozenset[str]:
        return frozenset(self._texts.get(language, {}))

    def missing(self, language: str) -> list[str]:
        """Keys that Vietnamese has and the language has not: what is left to translate."""
        return sorted(self.keys() - self.keys(language))

    def unknown_keys(self, templates: Iterable[Path]) -> list[str]:
        """Keys that the templates of these folders ask for by a literal and Vietnamese has not."""
        asked = {
            key
            for folder in templates
            for file in folder.rglob("*.html")
            for key in _CALL.findall(file.read_text(encoding="utf-8"))
        }
        return sorted(asked - self.keys())


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            yield prefix + name, value
        else:
            raise TypeError(f"text {prefix}{name} is a {type(value).__name__}, not a string")
