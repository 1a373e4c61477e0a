"""A resident with a phone and no scripts reports a broken road; the commune is told; the count goes up."""

import re

import asyncpg
from playwright.async_api import Browser, Page, expect

from deploy.cli.demo.stage import Stage
from tests.browser.conftest import Watch, opened
from tests.support import eventually

TEXT = "Đường liên thôn trước cổng trường vỡ mặt, ổ gà sâu, cháu nhỏ đi học bị ngã. Mong phường sửa sớm."
COMMUNE = "Phường Võ Cường"
MAILBOX = "phong_kt_ht_dt@phuong-vo-cuong.example"
_PROGRESS = "Đã chuyển đến nơi có trách nhiệm"
_CODE = re.compile(r"/tra-cuu/([0-9A-Z-]{16,})")


async def reports(stage: Stage) -> int:
    reader = await asyncpg.connect(stage.reader_dsn)
    try:
        return int(await reader.fetchval("SELECT count(*) FROM intake.reports"))
    finally:
        await reader.close()


async def counted(stage: Stage, browser: Browser, watch: Watch) -> int:
    """The number of the dashboard's first tile; none counted yet is 0."""
    async with opened(browser, watch) as page:
        await page.goto(f"{stage.urls['aggregation']}/dashboard")
        tile = page.locator(".figure", has_text="Ý kiến tiếp nhận").locator(".figure-value")
        return int(await tile.inner_text())


async def write_and_send(page: Page, stage: Stage, text: str) -> str:
    """Fill the form as a person does, hit the button twice; returns the tracking code."""
    await page.goto(f"{stage.urls['intake']}/")
    await page.get_by_label("Nội dung").press_sequentially(text, delay=2)
    await page.get_by_label("Nơi xảy ra").press_sequentially("cổng trường tiểu học", delay=2)
    await page.get_by_label("Xã, phường").select_option(label=COMMUNE)
    await page.get_by_role("button", name="Gửi", exact=True).dblclick()
    await page.wait_for_url(_CODE)
    found = _CODE.search(page.url)
    assert found is not None
    return found[1]


async def fits(page: Page) -> bool:
    """Whether the page needs no scrolling sideways; asked of the layout, since scripts are off."""
    body = await page.locator("body").bounding_box()
    main = await page.locator("main").bounding_box()
    size = page.viewport_size
    assert body is not None
    assert main is not None
    assert size is not None
    return body["width"] <= size["width"] and main["x"] + main["width"] <= size["width"]


async def test_from_the_phone_to_the_mailbox_and_the_dashboard(
    stage: Stage, browser: Browser, watch: Watch
) -> None:
    before, shown = await reports(stage), await counted(stage, browser, watch)
    async with opened(browser, watch, phone=True, scripts=False) as page:
        code = await write_and_send(page, stage, TEXT)
        assert await fits(page)
        await expect(page.get_by_text("Đã nhận phản ánh của ông, bà.")).to_be_visible()
        await page.reload()
        await page.go_back()
        await page.go_forward()
        assert await reports(stage) == before + 1

        await page.goto(f"{stage.urls['intake']}/tra-cuu")
        await page.get_by_label("Mã tra cứu").press_sequentially(code.replace("-", " ").lower())
        await page.get_by_role("button", name="Xem").click()

        async def progress() -> bool:
            await page.reload()
            return await page.get_by_text(_PROGRESS).count() > 0

        await eventually(progress, deadline_s=60, every_s=0.5, what="the case at its owner")
        await expect(page.get_by_text(COMMUNE).first).to_be_visible()
        assert TEXT not in await page.content()
    await the_commune_is_told(stage, browser, watch)

    async def one_more() -> bool:
        return await counted(stage, browser, watch) == shown + 1

    await eventually(one_more, deadline_s=60, every_s=0.5, what="the dashboard's number")
    assert await reports(stage) == before + 1


async def the_commune_is_told(stage: Stage, browser: Browser, watch: Watch) -> None:
    """The mail is in the commune's mailbox, names category and place, links to the case, tells no text."""
    async with opened(browser, watch) as page:

        async def arrived() -> int:
            await page.goto(f"{stage.urls['mailbox']}/?den={MAILBOX}")
            return await page.get_by_role("link", name=COMMUNE).count()

        assert await eventually(arrived, deadline_s=60, every_s=0.5, what="the commune's mail") == 1
        await page.get_by_role("link", name=COMMUNE).click()
        mail = await page.locator("main").inner_text()
        assert "Đường, cầu, vỉa hè" in mail
        assert "ổ gà" not in mail
        await page.get_by_role("link", name=f"{stage.urls['routing']}/cases/").click()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.get_by_text("ổ gà sâu").first).to_be_visible()


async def test_what_is_missing_is_said_and_what_was_typed_stays(
    stage: Stage, browser: Browser, watch: Watch
) -> None:
    before = await reports(stage)
    async with opened(browser, watch, phone=True, scripts=False) as page:
        await page.goto(f"{stage.urls['intake']}/")
        await page.get_by_label("Nơi xảy ra").press_sequentially("ngã ba chợ")
        # The browser itself would hold an empty field back; other clients do not.
        await page.locator("form").first.evaluate_handle("form => form.noValidate = true")
        await page.get_by_role("button", name="Gửi", exact=True).click()
        await expect(page.get_by_text("Chưa có nội dung.").first).to_be_visible()
        assert await page.get_by_label("Nơi xảy ra").input_value() == "ngã ba chợ"
    watch.errors = [error for error in watch.errors if "422" not in error]
    assert await reports(stage) == before
