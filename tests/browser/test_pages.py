"""Every page at both sizes: it fits, says what it is, asks no other host, and runs without an error."""

import pytest
from playwright.async_api import Browser, expect

from deploy.cli.demo.prepare import today
from deploy.cli.demo.stage import Stage
from tests.browser.conftest import Watch, opened


def pages(stage: Stage) -> dict[str, str]:
    year, week, _ = today().isocalendar()
    return {
        "form": f"{stage.urls['intake']}/",
        "lookup": f"{stage.urls['intake']}/tra-cuu",
        "sheet": f"{stage.urls['intake']}/bang",
        "cases": f"{stage.urls['routing']}/cases",
        "dashboard": f"{stage.urls['aggregation']}/dashboard",
        "reports": f"{stage.urls['aggregation']}/situation-reports?period={year}-W{week:02d}",
        "deliveries": f"{stage.urls['notify']}/deliveries",
        "recipients": f"{stage.urls['notify']}/recipients",
        "mailbox": f"{stage.urls['mailbox']}/",
    }


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
async def test_every_page_fits_and_is_at_home(
    stage: Stage, browser: Browser, watch: Watch, phone: bool
) -> None:
    async with opened(browser, watch, phone=phone) as page:
        for name, url in pages(stage).items():
            answer = await page.goto(url)
            assert answer is not None, name
            assert answer.ok, name
            await expect(page.locator("html")).to_have_attribute("lang", "vi")
            await expect(page.locator("h1, .doc-title").first).to_be_visible()
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width <= (390 if phone else 1280), f"{name} is {width} px wide"
