"""`langnghe units`: the map changed by hand and from a sheet, all or nothing, and read as it was known."""

from pathlib import Path

from deploy.local.installation import Installation
from tests.integration.cli.conftest import Command
from tests.integration.routing.support import rows, value

HEADER = "kind,effective,document,units,target,name,type,code,parent,parts,children\n"
GOOD = HEADER + (
    "create,2026-12-01,NQ 3/NQ-HĐND,,,Cầu Mới,to_dan_pho,,09193,,\n"
    "rename,2026-12-02,NQ 3/NQ-HĐND,09193-05,,Cầu Mới Đông,,,,,\n"
    "merge,2026-12-05,NQ 4/NQ-HĐND,09193-01;09193-02,,Mây Trăng,to_dan_pho,,,,\n"
    "split,2026-12-06,NQ 5/NQ-HĐND,09193-03,,,,,,"
    "population||Gò Sáo Trên|to_dan_pho|;part||Gò Sáo Dưới|to_dan_pho|,\n"
)
BAD = GOOD + "abolish,2026-12-09,NQ 6/NQ-HĐND,09193,,,,,,,\n"


async def test_a_sheet_is_shown_first_then_made_whole_or_not_at_all(
    installation: Installation, langnghe: Command, tmp_path: Path
) -> None:
    await langnghe("units", "load")
    before = await value(installation, "SELECT max(map_version) FROM map_changes")
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(GOOD)
    bad.write_text(BAD)

    refused = await langnghe("units", "import", bad, "--by", "Sở Nội vụ", status=1)
    assert "row 6: units: Phường Yên Phong still has" in refused.err
    assert "nothing was written" in refused.err
    shown = (await langnghe("units", "import", good, "--by", "Sở Nội vụ", "--dry-run")).out
    assert "row 4: Nhập Tổ dân phố Đồng Mây, Tổ dân phố Bến Trăng thành Tổ dân phố Mây Trăng" in shown
    assert "begins  Tổ dân phố Cầu Mới (09193-05" in shown
    assert "4 changes would be recorded" in shown
    assert await value(installation, "SELECT max(map_version) FROM map_changes") == before

    assert "4 changes recorded" in (await langnghe("units", "import", good, "--by", "Sở Nội vụ")).out
    assert await value(installation, "SELECT max(map_version) FROM map_changes") == before + 4
    assert await rows(installation, "SELECT DISTINCT entered_by FROM map_entries") == [("Sở Nội vụ",)]
    announced = "SELECT count(*) FROM outbox WHERE topic = 'units.events'"
    assert await value(installation, announced) == before + 4


async def test_a_unit_is_shown_as_known_and_with_its_whole_lineage(
    installation: Installation, langnghe: Command
) -> None:
    """Stands on the sheet of the test before."""
    (hamlet,) = (await langnghe("units", "show", "09193-05", "--on", "2026-12-03", "--json")).json
    assert hamlet["name"] == "Tổ dân phố Cầu Mới Đông"
    (known,) = (await langnghe("units", "lineage", hamlet["id"], "--known-at", 36, "--json")).json
    assert [row["name"] for row in known["rows"]] == ["Tổ dân phố Cầu Mới"]
    told = (await langnghe("units", "lineage", "09193-03", "--on", "2026-12-05")).out
    assert "became:     Tổ dân phố Gò Sáo Trên" in told
    assert "replaced by" in told
    missing = await langnghe("units", "show", "09193-05", "--on", "2026-12-03", "--known-at", 35, status=1)
    assert "no unit holds" in missing.err


async def test_one_change_by_hand_and_what_is_wrong_with_it(langnghe: Command) -> None:
    said = ("--effective", "2026-12-20", "--document", "NQ 9", "--by", "Sở Nội vụ")
    refused = await langnghe("units", "change", "rename", *said, "--unit", "99999", "--name", "X", status=1)
    assert "units: There is no such unit on that day." in refused.err
    done = await langnghe("units", "change", "pilot", *said, "--unit", "09205", "--pilot", "--json")
    assert done.json[0]["title"].startswith("Đánh dấu thí điểm: ")


async def test_a_sheet_that_cannot_be_read_says_where(langnghe: Command, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    for text, why in (
        ("kind,effective\n", "no column document, units"),
        (HEADER.replace("parts", "colour"), "no column colour"),
        (HEADER, "holds no change"),
        (HEADER + "split,2026-12-01,NQ,09193,,,,,,half,\n", "row 2: parts: half is not of the form"),
    ):
        sheet.write_text(text)
        assert why in (await langnghe("units", "import", sheet, "--by", "x", status=1)).err
