"""Sheets over the API: each row for itself, the same sheet twice adds nothing."""

from typing import Any
from uuid import uuid4

import httpx2

from tests.integration.intake.support import TOKEN

MINE = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/csv"}


async def send(intake: httpx2.AsyncClient, text: str, encoding: str = "utf-8-sig") -> httpx2.Response:
    return await intake.post("/v1/sheets", content=text.encode(encoding), headers=MINE)


def outcomes(sheet: dict[str, Any]) -> list[str]:
    return [result["outcome"] for result in sheet["results"]]


async def test_a_bad_row_refuses_itself_and_is_named(intake: httpx2.AsyncClient) -> None:
    tag = uuid4()
    sheet = (
        "Mã;Nội dung;Loại;Nhóm;Thái độ;Mức độ;Số người;Ngày phản ánh\r\n"
        f"A-{tag};Đường vỡ;;;;;;24/10/2026\r\n"
        f"B-{tag};;;;;;;\r\n"
        f";Dân băn khoăn về giá nước {tag};Phản ánh tình hình;Nông dân;Băn khoăn;Nhiều;40;\r\n"
        f"C-{tag};Mất điện;;;;;nhiều;\r\n"
        f"D-{tag};Mất điện;;;;;;31/02/2026\r\n"
        f"E-{tag};Mất điện\x00;;;;;;\r\n"
    )
    answer = (await send(intake, sheet)).json()
    assert outcomes(answer) == ["accepted", "rejected", "accepted", "rejected", "rejected", "rejected"]
    assert [r["row"] for r in answer["results"]] == [2, 3, 4, 5, 6, 7]
    columns = {r["row"]: r["problems"][0]["column"] for r in answer["results"] if r["problems"]}
    assert columns == {3: "Nội dung", 5: "Số người", 6: "Ngày phản ánh", 7: "Nội dung"}
    again = (await send(intake, sheet)).json()
    assert (again["accepted"], again["duplicates"], again["rejected"]) == (0, 2, 4)
    changed = (await send(intake, sheet.replace("Đường vỡ", "Đường sụt"))).json()
    assert changed["results"][0]["problems"][0]["code"] == "key_reused"


async def test_results_come_as_csv_without_formulas(intake: httpx2.AsyncClient) -> None:
    answer = (await send(intake, "id,text\n=1+1,\n")).json()
    url = answer["results_csv"]
    found = await intake.get(url, headers=MINE)
    assert found.status_code == 200
    assert not [line for line in found.text.splitlines()[1:] if line.startswith(("=", "+", "-", "@"))]
    assert (await intake.get(url)).status_code == 401
    assert (await intake.get(f"/v1/sheets/{uuid4()}", headers=MINE)).status_code == 404


async def test_the_template_is_a_sheet_that_comes_in(intake: httpx2.AsyncClient) -> None:
    template = (await intake.get("/v1/sheets/template.csv")).content.decode("utf-8-sig")
    answer = (await send(intake, template.replace("VD-1", f"VD-{uuid4()}"))).json()
    assert outcomes(answer) == ["accepted"], answer


async def test_a_sheet_that_cannot_be_read_is_refused_whole(intake: httpx2.AsyncClient) -> None:
    for content, code in (
        ("Nội dung\nĐường vỡ".encode("utf-16"), "sheet_not_utf8"),
        (b"a,b\n1,2\n", "sheet_without_text"),
        (b"text\n" + b"x\n" * 5_001, "sheet_too_long"),
        (b"text,text\nx,y\n", "sheet_column_twice"),
        (b"text\n" + b"a" * 200_000, "sheet_malformed"),
    ):
        answer = await intake.post("/v1/sheets", content=content, headers=MINE)
        assert answer.status_code == 422
        assert [e["code"] for e in answer.json()["errors"]] == [code]
    big = await intake.post("/v1/sheets", content=b"text\n" * 1_000_000, headers=MINE)
    assert big.status_code == 413
    assert (await intake.post("/v1/sheets", content=b"text\n")).status_code == 401
