"""The shared look of the four services' pages: templates, components, drawings, static files, headers.

Pages are rendered on the server, Vietnamese first, read well on a phone, work without JavaScript, and load
nothing from another host (`SecurityHeaders` forbids it). A service writes:

    app.add_middleware(SecurityHeaders)
    mount_static(app)
    pages = templates(Path(__file__).parent / "templates", nav=officer_nav())
    return pages.TemplateResponse(request, "cases.html", {"now": now, ...})
"""

from shared.web.navigation import NavLink, officer_nav
from shared.web.security import SecurityHeaders
from shared.web.static_files import mount_static
from shared.web.templating import templates

__all__ = ["NavLink", "SecurityHeaders", "mount_static", "officer_nav", "templates"]
