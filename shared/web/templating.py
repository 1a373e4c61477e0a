"""One Jinja environment for all services: escaping on, undefined names refused, the same filters."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.templating import Jinja2Templates

from shared.web.catalogue import BASE_TEXTS, VIETNAMESE, Catalogue
from shared.web.filters import FILTERS
from shared.web.navigation import NavLink
from shared.web.static_files import static_url

SHARED_TEMPLATES = Path(__file__).parent / "templates"


def templates(
    directory: Path, *, nav: Sequence[NavLink] = (), texts: Path | None = None, banner: str = ""
) -> Jinja2Templates:
    """Templates of a service, with `base.html`, `components.html` and `document.html` within reach.

    `directory`: the service's own templates, which win over the shared ones. `nav`: entries of the header.
    `texts`: folder with the service's `vi.toml` (and others), added to the shared texts. `banner`: a warning
    on top of every page (development sign-in). A page chooses its language by `lang` in its context.
    """
    return Jinja2Templates(env=environment(directory, nav=nav, texts=texts, banner=banner))


def environment(
    directory: Path, *, nav: Sequence[NavLink] = (), texts: Path | None = None, banner: str = ""
) -> Environment:
    """As `templates`, without Starlette: for pages that are rendered outside a request."""
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(directory), FileSystemLoader(SHARED_TEMPLATES)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(FILTERS)
    catalogue = Catalogue.load(BASE_TEXTS, *([texts] if texts else []))
    env.globals.update(nav=tuple(nav), banner=banner, static=_static, **_text_functions(catalogue))
    return env


@pass_context
def _static(context: Context, name: str) -> str:
    request = context.get("request")
    return static_url(name, request.scope.get("root_path", "") if request is not None else "")


def _text_functions(catalogue: Catalogue) -> dict[str, object]:
    """`t(key, **values)` and `label(kind, code)`, both in the page's language."""

    @pass_context
    def t(context: Context, key: str, /, **values: object) -> str:
        return catalogue.text(key, context.get("lang", VIETNAMESE), **values)

    @pass_context
    def label(context: Context, kind: str, code: str | None) -> str:
        return catalogue.label(kind, code, context.get("lang", VIETNAMESE))

    return {"t": t, "label": label, "catalogue": catalogue}
