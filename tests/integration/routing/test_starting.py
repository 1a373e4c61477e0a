"""Before the map is there routing is up and not ready, and says so to people and programs."""

import httpx2

from tests.integration.routing.support import VU_NINH, fresh
from tests.support import Running, eventually


async def test_before_the_map_is_there_nothing_is_named(running: Running) -> None:
    running.start("routing")
    async with httpx2.AsyncClient(base_url=running.url("routing"), timeout=30) as client:

        async def answers() -> bool:
            try:
                return (await client.get("/livez")).status_code == 200
            except httpx2.TransportError:
                return False

        await eventually(answers, deadline_s=90, what="the process")
        for path in ("/cases", f"/cases/{fresh()}"):
            page = await client.get(path)
            assert page.status_code == 503
            assert "Bản đồ đơn vị chưa được tải, xin thử lại sau." in page.text
        told = await client.get("/v1/cases", params={"unit": VU_NINH})
        assert (told.status_code, told.json()["type"]) == (503, "urn:langnghe:problem:starting")
        assert (await client.get("/readyz")).status_code == 503
