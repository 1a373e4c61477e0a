"""The list and the page of a case as a browser gets them."""

import re
from html import unescape
from uuid import UUID

import httpx2

from deploy.local.installation import Installation
from tests.integration.routing.support import TEXT, VU_NINH, fresh, report, settle
from tests.support import Running
from tests.unit.routing.ground import commune

NASTY = 'Đường <script>alert("x")</script> vỡ ở phường Vũ Ninh'


def words(page: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page))).replace(" .", ".")


async def test_a_case_says_why_this_unit_this_body_this_date(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    made = report(TEXT)
    await settle(installation, made)
    page = await routing.get(f"/cases/{made.report_id}")
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]
    said = words(page.text)
    assert TEXT in said
    assert "Phường Vũ Ninh: nội dung nhắc đến «phường vũ ninh»." in said
    assert "Rác thải, vệ sinh môi trường, vì nội dung có: «" in said
    assert (
        "Ở cấp xã, lĩnh vực “Rác thải, vệ sinh môi trường” do Trung tâm Cung ứng dịch vụ công phường Vũ Ninh"
        " giải quyết; Ủy ban Mặt trận Tổ quốc Việt Nam phường Vũ Ninh theo dõi" in said
    )
    assert "Căn cứ: Luật Tổ chức chính quyền địa phương 72/2025" in said
    # From Friday, over the holiday of the 24th; a term ends with its last day, not the midnight after it.
    assert "giải quyết trong 7 ngày làm việc kể từ ngày tiếp nhận 20/11/2026" in said
    assert "hết ngày 02/12/2026." in said
    assert "[phan-anh.thuong, rules-" in said


async def test_what_waits_in_triage_shows_its_candidates(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    made = report("Huyện Quế Võ cắt điện luân phiên mà không báo")
    await settle(installation, made)
    said = words((await routing.get(f"/cases/{made.report_id}")).text)
    assert "Chờ người phân loại: chưa rõ nơi xảy ra." in said
    assert re.search(r"Phường Quế Võ \d+% thuộc vùng được nhắc đến", said)
    triage = await routing.get("/triage", follow_redirects=True)
    assert triage.url.params["state"] == "triage"
    assert f"/cases/{made.report_id}" in triage.text


async def test_a_restricted_case_is_marked_and_its_accused_is_not_among_those_who_may_know(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    made = report("Chủ tịch phường Vũ Ninh ăn chặn tiền hỗ trợ bão của dân")
    await settle(installation, made)
    said = words((await routing.get(f"/cases/{made.report_id}")).text)
    assert "Vụ việc hạn chế" in said
    assert "Giao cấp trên trực tiếp, không giao đơn vị bị phản ánh." in said
    known_to = said.split("Ai được biết")[-1].split("Ngoài các cơ quan này")[0]
    assert "thành phố Bắc Ninh" in known_to
    assert "phường Vũ Ninh" not in known_to


async def test_denunciations_of_one_circle_are_shown_beside_each_other_and_beside_nothing_else(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    accusing = "Chủ tịch phường Nam Sơn ăn chặn tiền hỗ trợ bão của dân"
    one, same = report(accusing), report(accusing)
    other, plain = report(accusing.replace("Chủ tịch", "Cán bộ địa chính")), report("Rác ở phường Nam Sơn")
    await settle(installation, one, same, other, plain)
    front = (await routing.get(f"/v1/cases/{one.report_id}")).json()["facts"]["listening_owner"]
    for another in (other, plain):
        refused = await _link(routing, one.report_id, another.report_id, front)
        assert refused.status_code == 409
        assert refused.headers["content-type"] == "application/problem+json"
        assert [error["field"] for error in refused.json()["errors"]] == ["other"]
    assert (await _link(routing, one.report_id, same.report_id, front)).status_code == 200
    page = (await routing.get(f"/cases/{one.report_id}")).text
    assert "được trả lời riêng" in words(page)
    assert f"/cases/{same.report_id}" in page
    for another in (other, plain):
        assert f"/cases/{another.report_id}" not in page
        assert f"/cases/{one.report_id}" not in (await routing.get(f"/cases/{another.report_id}")).text
    links = (await routing.get(f"/v1/cases/{one.report_id}/links")).json()
    assert [case["case_id"] for case in links["cases"]] == [str(same.report_id)]
    incident = (await routing.get(f"/v1/incidents/{links['incident']}")).json()
    assert {case["case_id"] for case in incident["cases"]} == {str(one.report_id), str(same.report_id)}
    assert {case["facts"]["state"] for case in incident["cases"]} == {"opened"}


async def _link(routing: httpx2.AsyncClient, case_id: UUID, other: UUID, by: str) -> httpx2.Response:
    body = {"command_id": str(fresh()), "by": by, "other": str(other)}
    return await routing.post(f"/v1/cases/{case_id}/link", json=body)


async def test_markup_of_a_resident_is_text_on_the_page(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    made = report(NASTY, place_hint='"><img src=x onerror=alert(1)>')
    await settle(installation, made)
    page = (await routing.get(f"/cases/{made.report_id}")).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert NASTY in unescape(page)


async def test_the_list_is_filtered_and_says_so(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    here, there = report(TEXT), report("Rác ở phường Quế Võ ba ngày không ai thu gom")
    await settle(installation, here, there)
    for unit in (VU_NINH, commune(VU_NINH)):
        page = (await routing.get("/cases", params={"unit": unit, "category": "rac-thai"})).text
        assert f"/cases/{here.report_id}" in page
        assert f"/cases/{there.report_id}" not in page
    assert '<option value="rac-thai" selected>' in page
    owner = (await routing.get("/cases", params={"owner": f"mttq@{commune(VU_NINH)}"})).text
    assert f"/cases/{here.report_id}" in owner
    assert f"/cases/{there.report_id}" not in owner
    none = await routing.get("/cases", params={"unit": VU_NINH, "category": "nguoi-co-cong"})
    assert "Không có vụ việc nào phù hợp." in none.text


async def test_what_is_wrong_with_a_question_is_told_beside_its_field(
    service: Running, routing: httpx2.AsyncClient
) -> None:
    page = await routing.get("/cases", params={"unit": "99999", "from": "2026-13-01", "colour": "<b>"})
    assert page.status_code == 422
    said = words(page.text)
    assert "Đơn vị : Không có đơn vị với mã này." in said
    assert "Phản ánh từ ngày : Ngày phải có dạng 2026-11-24." in said
    assert "colour : Không có điều kiện lọc này." in said


async def test_a_case_that_is_not_there_is_a_page_that_says_so(
    service: Running, routing: httpx2.AsyncClient
) -> None:
    for name in (fresh(), "nothing", "%00"):
        page = await routing.get(f"/cases/{name}")
        assert page.status_code == 404
        assert "Không có vụ việc này." in page.text


async def test_a_name_that_leads_here_from_elsewhere_reads_nothing(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    made = report(TEXT)
    await settle(installation, made)
    for path in ("/cases", f"/cases/{made.report_id}", "/v1/cases", f"/v1/cases/{made.report_id}"):
        for header in ({"Host": "langnghe.example"}, {"X-Forwarded-For": "203.0.113.9"}):
            answer = await routing.get(path, headers=header)
            assert answer.status_code == 403, path
            assert "Vũ Ninh" not in answer.text
