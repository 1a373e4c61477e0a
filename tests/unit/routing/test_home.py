"""The province that an installation serves is its setting, and no rule file's."""

from types import SimpleNamespace

from services.routing.domain.text import read
from services.routing.settings import Settings
from services.routing.use_cases.basis import BasisHolder
from tests.unit.routing.ground import AFTER, basis

TOLD = {"database_dsn": "postgresql://localhost/none", "kafka_bootstrap": "localhost:1", "port": 1}


async def test_routing_serves_the_province_that_it_is_told(monkeypatch):
    monkeypatch.setenv("LANGNGHE_ROUTING_HOME_PROVINCE", "01")
    settings = Settings(**TOLD)
    holder = BasisHolder(SimpleNamespace(current=basis().units), settings.rules, settings.home_province)
    await holder.refresh()
    here = holder.current
    assert here.home(AFTER) == basis().units.by_code("01", AFTER, "province").id
    ours = read("Rác ở phường Hoàn Kiếm ba ngày không ai thu gom")
    theirs = read("Rác ở phường Vũ Ninh, tỉnh Bắc Ninh ba ngày không ai thu gom")
    assert here.gazetteer.place(ours, None, None, "web", AFTER).unit is not None
    assert here.gazetteer.place(theirs, None, None, "web", AFTER).outside
