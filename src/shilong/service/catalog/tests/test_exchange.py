"""导入导出与上级清单合并。"""

import copy
import io
import json

import pytest

from shilong.foundation.refusals import NotAllowed, Refused
from shilong.service.catalog import selectors, services, testing
from shilong.service.catalog.models import Item, ItemVersion, UpstreamDiff, ZeroResult
from shilong.service.catalog.refusals import BadImport
from shilong.service.catalog.tests.conftest import BUREAU, CITIZEN, EDITOR

FOOD = testing.FOOD


@pytest.mark.req("P03")
def test_excel_round_trip_changes_nothing(seeded):
    book = services.export_xlsx()
    drafts = services.import_xlsx(io.BytesIO(book), actor=EDITOR)
    originals = {row["code"]: row["content"] for row in services.export_json()["items"]}
    assert len(drafts) == 60
    for draft in drafts:
        assert services.compare(draft.item.code, 1, draft.number) == [], draft.item.code
        assert draft.content["materials"] == originals[draft.item.code]["materials"]


@pytest.mark.req("P03")
def test_json_import_creates_drafts_not_published(seeded):
    data = services.export_json([FOOD])
    new = copy.deepcopy(data["items"][0])
    new["code"] = new["task_code"] + "02"
    new["content"]["name"] = "食品经营许可（变更）"
    services.import_json({"items": [new]}, actor=EDITOR)
    assert Item.objects.get(code=new["code"]).current is None
    with pytest.raises(selectors.ItemUnavailable):
        selectors.item(new["code"])


@pytest.mark.parametrize(
    "bad", [b"\xff\xfe", b"[]", b"{}", b'{"items": [1]}', b'{"items": [{"code": "1", "content": {"name": "x"}}]}', b"[" * 100000]
)
def test_bad_json_writes_nothing(seeded, bad):
    before = ItemVersion.objects.count()
    with pytest.raises(BadImport):
        services.import_json(bad, actor=EDITOR)
    assert ItemVersion.objects.count() == before


def test_one_bad_row_rolls_back_the_whole_file(seeded):
    data = services.export_json([FOOD, testing.ROAD])
    data["items"][1]["content"]["promise_day"] = "很快"
    with pytest.raises(BadImport, match="第 2 项"):
        services.import_json(data, actor=EDITOR)
    assert not ItemVersion.objects.exclude(edit_state="2").exists()


@pytest.mark.parametrize("bad", [b"", b"not excel", b"PK\x03\x04broken"])
def test_bad_excel_is_explained(seeded, bad):
    with pytest.raises(BadImport):
        services.import_xlsx(io.BytesIO(bad), actor=EDITOR)


@pytest.mark.req("P03")
def test_upstream_differences_are_found_and_merged(seeded):
    data = services.export_json()
    rows = {row["code"]: row for row in data["items"]}
    rows[FOOD]["content"]["anticipate_day"] = 8
    del rows[testing.ROAD]
    added = copy.deepcopy(rows[FOOD])
    added["code"] = added["task_code"] + "09"
    services.import_upstream(json.loads(json.dumps({"items": [*rows.values(), added]})), actor=EDITOR)
    found = {(row.item_code, row.kind, row.field): row for row in UpstreamDiff.objects.all()}
    assert set(found) == {(FOOD, "changed", "anticipate_day"), (testing.ROAD, "removed", ""), (added["code"], "added", "")}
    changed = found[FOOD, "changed", "anticipate_day"]
    with pytest.raises(NotAllowed):
        services.resolve(changed.pk, adopt=True, actor=CITIZEN)
    services.resolve(changed.pk, adopt=True, actor=EDITOR)
    assert services.open_draft(FOOD, actor=EDITOR).content["anticipate_day"] == 8
    assert selectors.item(FOOD).legal_days == 10
    with pytest.raises(Refused):
        services.resolve(changed.pk, adopt=False, actor=EDITOR)
    removed = found[testing.ROAD, "removed", ""]
    with pytest.raises(NotAllowed):
        services.resolve(removed.pk, adopt=True, actor=EDITOR)
    services.resolve(removed.pk, adopt=True, actor=BUREAU)
    with pytest.raises(selectors.ItemUnavailable):
        selectors.item(testing.ROAD)
    services.resolve(found[added["code"], "added", ""].pk, adopt=True, actor=EDITOR)
    assert Item.objects.get(code=added["code"]).current is None


@pytest.mark.req("P01")
def test_synonym_changes_search_at_once(seeded):
    before = [row.code for row in selectors.published(q="搓澡").items]
    services.record_zero("搓澡")
    services.record_zero("搓澡")
    services.record_zero("410404190001010010")
    assert list(ZeroResult.objects.values_list("term", "times")) == [("搓澡", 2)]
    with pytest.raises(NotAllowed):
        services.save_synonym("搓澡", "公共场所卫生许可", actor=CITIZEN)
    services.save_synonym("搓澡", "公共场所卫生许可", actor=EDITOR)
    after = [row.code for row in selectors.published(q="搓澡").items]
    assert testing.PUBLIC_PLACE not in before
    assert after[0] == testing.PUBLIC_PLACE
    assert ZeroResult.objects.get().handled_by
    with pytest.raises(NotAllowed):
        services.delete_synonym("搓澡", actor=CITIZEN)
    services.delete_synonym("搓澡", actor=EDITOR)
    assert testing.PUBLIC_PLACE not in [row.code for row in selectors.published(q="搓澡").items]
