"""A whole installation in a browser's reach, and a browser that notes whatever it should not do."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from deploy.cli.demo import prepare
from deploy.cli.demo.stage import Stage, programs
from deploy.local.installation import Installation

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def stage(installation: Installation) -> Iterator[Stage]:
    """The four services, a mailbox, the map, and a mailbox for every body that can own a case."""
    with programs(installation) as running:
        asyncio.run(_furnish(running))
        running.supervisor.wait_ready(120)
        yield running


async def _furnish(stage: Stage) -> None:
    units = await prepare.prepare_map(stage.installation)
    await prepare.load_mailboxes(stage.installation, units, f"{stage.urls['webhooks']}/hooks")


@dataclass(slots=True)
class Watch:
    """What the pages of a context asked for, and what went wrong in them."""

    strangers: list[str] = field(default_factory=list)
    """Requests to any host but this machine."""
    errors: list[str] = field(default_factory=list)
    """Errors of the console and of scripts, and answers of 400 and above."""

    def over(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self._asked(request.url))
        context.on("response", lambda answer: self._answered(answer.url, answer.status))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme != "data" and urlsplit(url).hostname != "127.0.0.1":
            self.strangers.append(url)

    def _answered(self, url: str, status: int) -> None:
        if status >= 400:
            self.errors.append(f"{status} {url}")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine (apt-get install chromium)")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        await opened.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test that asked another host for something, or whose pages had errors."""
    noted = Watch()
    yield noted
    assert noted.strangers == []
    assert noted.errors == []


@asynccontextmanager
async def opened(
    browser: Browser, watch: Watch, *, phone: bool = False, scripts: bool = True
) -> AsyncIterator[Page]:
    """A page of a fresh context, as a phone or a desktop would show it."""
    context = await browser.new_context(
        viewport=PHONE if phone else DESKTOP,
        is_mobile=phone,
        has_touch=phone,
        java_script_enabled=scripts,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
    )
    watch.over(context)
    try:
        yield await context.new_page()
    finally:
        await context.close()
