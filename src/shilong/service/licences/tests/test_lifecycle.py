"""状态变更、下一版、过期、批量、导入。"""

import io
import json
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from openpyxl import Workbook

from shilong.foundation.jobs.services import run_pending
from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused
from shilong.identity import testing as people
from shilong.service.licences import selectors, services, store
from shilong.service.licences.models import Batch, BatchItem, ImportRow, Licence, LicenceEvent
from shilong.service.licences.refusals import BatchEmpty, PendingVersion, ReasonMissing, TypeChanged
from shilong.service.licences.rules.states import Act, NotPossible, State
from shilong.service.licences.services import batches
from shilong.service.licences.services.making import draft

pytestmark = [pytest.mark.django_db, pytest.mark.req("P05", "P18")]
WHY = {"reason": "依法作出的决定", "document_no": "石卫决〔2026〕1号"}


@pytest.fixture
def issued(hall) -> Licence:
    return services.issue(hall.draft().uid, actor=hall.leader)


def bulk(hall, count: int) -> list[Licence]:
    made = []
    for serial in range(count):
        holder = {
            "holder_name": f"测试{serial}",
            "holder_kind": "1",
            "holder_code": f"HOLDER{serial}",
            "holder_code_type": "111",
            "holder_index": f"{serial:064x}",
        }
        made.append(draft(hall.kind, holder, department="wjw", created_by="测试"))
    return made


STEPS = [
    (Act.SUSPEND, None, State.SUSPENDED),
    (Act.RESUME, Act.SUSPEND, State.VALID),
    (Act.REVOKE, None, State.REVOKED),
    (Act.CANCEL, None, State.CANCELLED),
]


@pytest.mark.parametrize(("action", "before", "after"), STEPS)
def test_formal_steps(hall, issued, action, before, after):
    if before:
        services.act(issued.uid, before, actor=hall.leader, **WHY)
    for other in (hall.officer, hall.outside_leader, hall.holder, hall.bureau):
        with pytest.raises(NotAllowed):
            services.act(issued.uid, action, actor=other, **WHY)
    with pytest.raises(ReasonMissing):
        services.act(issued.uid, action, actor=hall.leader, reason="", document_no="")
    row = services.act(issued.uid, action, actor=hall.leader, **WHY)
    entry = LicenceEvent.objects.filter(licence=issued).order_by("-seq").first()
    assert row.state == after
    assert entry is not None
    assert (entry.action, entry.reason, entry.document_no, entry.actor_name) == (action, WHY["reason"], WHY["document_no"], "陈主任")


def test_final_states_stay(hall, issued):
    services.act(issued.uid, Act.REVOKE, actor=hall.leader, **WHY)
    for action in (Act.SUSPEND, Act.RESUME, Act.CANCEL):
        with pytest.raises(NotPossible):
            services.act(issued.uid, action, actor=hall.leader, **WHY)


def test_drafts_can_be_discarded_by_their_department(hall):
    row = hall.draft()
    with pytest.raises(NotAllowed):
        services.act(row.uid, Act.DISCARD, actor=hall.outsider, reason="制错了")
    assert services.act(row.uid, Act.DISCARD, actor=hall.officer, reason="制错了重做").state == State.DISCARDED


def test_change_makes_version_two_and_ends_version_one(hall, issued):
    with pytest.raises(NotAllowed):
        services.prepare_next(issued.uid, Act.CHANGE, actor=hall.outsider, **WHY)
    made = services.prepare_next(issued.uid, Act.CHANGE, actor=hall.officer, changes={"KZ_CSMC": "新名字理发店"}, **WHY)
    assert (made.version, made.number, made.state) == (2, issued.number, State.DRAFT)
    with pytest.raises(PendingVersion):
        services.prepare_next(issued.uid, Act.REISSUE, actor=hall.officer, **WHY)
    issued.refresh_from_db()
    assert issued.state == State.VALID
    services.issue(made.uid, actor=hall.leader)
    issued.refresh_from_db()
    made.refresh_from_db()
    assert (issued.state, made.state, made.valid_end) == (State.CANCELLED, State.VALID, issued.valid_end)
    assert json.loads(made.face)["KZ_CSMC"] == "新名字理发店"
    assert made.identifier.split(".")[-2] == "002"


def test_unknown_face_keys_are_refused(hall, issued):
    with pytest.raises(Refused, match="没有这些照面项"):
        services.prepare_next(issued.uid, Act.CHANGE, actor=hall.officer, changes={"KZ_NO": "1"}, **WHY)


def test_renewal_extends_from_the_old_end(hall, issued):
    made = services.issue(services.prepare_next(issued.uid, Act.RENEW, actor=hall.officer, **WHY).uid, actor=hall.leader)
    assert made.valid_start == issued.valid_end + timedelta(days=1)


def test_an_expired_licence_can_be_renewed_but_not_changed(hall, issued):
    Licence.objects.filter(pk=issued.pk).update(valid_end=timezone.localdate() - timedelta(days=1))
    assert services.expire_due() == 1
    assert services.expire_due() == 0
    issued.refresh_from_db()
    assert issued.state == State.EXPIRED
    assert LicenceEvent.objects.get(licence=issued, action="expire").actor_name == "系统"
    with pytest.raises(NotPossible):
        services.prepare_next(issued.uid, Act.CHANGE, actor=hall.officer, **WHY)
    made = services.issue(services.prepare_next(issued.uid, Act.RENEW, actor=hall.officer, **WHY).uid, actor=hall.leader)
    assert made.valid_start == timezone.localdate()


@pytest.mark.parametrize(("days", "expired"), [(-1, 1), (0, 0), (1, 0)])
def test_the_last_day_is_still_valid(hall, issued, days, expired):
    Licence.objects.filter(pk=issued.pk).update(valid_end=timezone.localdate() + timedelta(days=days))
    assert services.expire_due() == expired


def test_batch_issues_everything_once(hall):
    made = bulk(hall, 25)
    batch = services.start([one.uid for one in made], actor=hall.leader)
    run_pending()
    view = selectors.batch(batch.uid, hall.leader)
    assert (view.status, view.done, view.failed, view.percent) == ("done", 25, 0, 100)
    batches.run(batch.uid)
    assert LicenceEvent.objects.filter(action="issue").count() == 25
    assert Licence.objects.filter(state=State.VALID).count() == 25


def test_batch_can_be_stopped_and_resumed(hall, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", 2)
    batch = services.start([one.uid for one in bulk(hall, 6)], actor=hall.leader)
    batches.run(batch.uid)
    services.pause(batch.uid, actor=hall.leader)
    run_pending()
    assert selectors.batch(batch.uid, hall.leader).done == 2
    services.resume_batch(batch.uid, actor=hall.leader)
    run_pending()
    assert selectors.batch(batch.uid, hall.leader).done == 6
    assert LicenceEvent.objects.filter(action="issue").count() == 6


def test_batch_lists_what_failed_and_retries_only_that(hall):
    twins = bulk(hall, 2)
    Licence.objects.filter(pk=twins[1].pk).update(holder_index=twins[0].holder_index)
    batch = services.start([one.uid for one in twins], actor=hall.leader)
    run_pending()
    view = selectors.batch(batch.uid, hall.leader)
    assert (view.done, view.failed) == (1, 1)
    assert "已有一张有效" in view.problems[0][1]
    services.act(twins[0].uid, Act.CANCEL, actor=hall.leader, **WHY)
    services.resume_batch(batch.uid, actor=hall.leader, retry=True)
    run_pending()
    assert BatchItem.objects.filter(status="done").count() == 2


def test_another_department_cannot_start_stop_or_see_a_batch(hall):
    made = bulk(hall, 1)
    with pytest.raises(BatchEmpty):
        services.start([made[0].uid], actor=hall.outside_leader)
    with pytest.raises(NotAllowed):
        services.start([made[0].uid], actor=hall.clerk)
    batch = services.start([made[0].uid], actor=hall.leader)
    for step in (services.pause, services.resume_batch):
        with pytest.raises(NotFound):
            step(batch.uid, actor=hall.outside_leader)
    with pytest.raises(NotFound):
        selectors.batch(batch.uid, hall.outside_leader)
    assert Batch.objects.get().status == "running"


GOOD = {"证照编号": "石卫公〔2020〕1号", "持证主体": "老店", "颁发日期": "2024-05-01", "有效期止": "2099-04-30", "单位名称": "老店理发"}


def rows(*changes):
    return [
        {**GOOD, "持证主体代码": people.fake_uscc(7000 + place), "证照编号": f"石卫公〔2020〕{place}号", **one}
        for place, one in enumerate(changes)
    ]


def test_import_good_rows_and_name_the_bad(hall):
    table = rows({}, {"颁发日期": "去年"}, {"持证主体代码": "123"}, {"证照编号": ""}, {"有效期止": "2020-01-01", "颁发日期": "2016-01-01"})
    run = services.import_rows(hall.kind.code, "存量.xlsx", table, actor=hall.officer)
    run_pending()
    view = selectors.import_run(run.uid, hall.officer)
    assert (view.done, view.failed) == (2, 3)
    assert [line for line, _ in view.problems] == [3, 4, 5]
    assert "不是日期" in view.problems[0][1]
    states = sorted(Licence.objects.filter(imported=True).values_list("state", flat=True))
    assert states == [State.VALID, State.EXPIRED]


def test_all_or_nothing_waits_until_told(hall):
    run = services.import_rows(hall.kind.code, "存量.json", rows({}, {"证照编号": ""}), actor=hall.officer, whole=True)
    run_pending()
    assert not Licence.objects.exists()
    services.continue_import(run.uid, actor=hall.officer)
    run_pending()
    assert Licence.objects.count() == 1
    services.continue_import(run.uid, actor=hall.officer)
    run_pending()
    assert (Licence.objects.count(), ImportRow.objects.filter(status="done").count()) == (1, 1)


def test_the_same_file_twice_adds_nothing(hall):
    for _ in range(2):
        run = services.import_rows(hall.kind.code, "存量.json", rows({}), actor=hall.officer)
        run_pending()
    view = selectors.import_run(run.uid, hall.officer)
    assert (view.failed, Licence.objects.count()) == (1, 1)
    assert "已在证照库" in view.problems[0][1]


def test_only_the_issuing_department_imports(hall):
    for other in (hall.outsider, hall.clerk, hall.holder):
        with pytest.raises((NotAllowed, NotFound)):
            services.import_rows(hall.kind.code, "存量.json", rows({}), actor=other)
    assert not ImportRow.objects.exists()


def test_imported_licence_gets_its_file_later(hall):
    services.import_rows(hall.kind.code, "存量.json", rows({}), actor=hall.officer)
    run_pending()
    batch = services.start(None, actor=hall.leader, missing=True)
    run_pending()
    row = Licence.objects.get()
    assert selectors.batch(batch.uid, hall.leader).done == 1
    assert store.load(row, "ofd").startswith(b"PK")
    assert (row.state, row.issue_date) == (State.VALID, date(2024, 5, 1))


def _xlsx(*lines) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(buffer)
    return buffer.getvalue()


def test_reading_tables():
    found = services.read_table(_xlsx(["证照编号", "颁发日期"], ["甲", date(2026, 1, 2)], [None, None]), "a.xlsx")
    assert found == [{"证照编号": "甲", "颁发日期": "2026-01-02"}]
    assert services.read_table('[{"ZZBH": "甲", "x": null}]'.encode(), "a.json") == [{"ZZBH": "甲", "x": ""}]


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"junk", "a.xlsx"), (b"{", "a.json"), (b"{}", "a.json"), (b"[1]", "a.json"), (b"[]", "a.json"), (b"\xff", "a.json")],
)
def test_bad_files_say_so(content, name):
    with pytest.raises(Invalid):
        services.read_table(content, name)


def test_type_settings(hall):
    kind = hall.kind
    with pytest.raises(NotAllowed):
        services.save_type(kind.code, {"word": "石卫证"}, actor=hall.leader, version=kind.version)
    saved = services.save_type(kind.code, {"word": "石卫证"}, actor=hall.catalog, version=kind.version)
    assert saved.version == kind.version + 1
    with pytest.raises(TypeChanged):
        services.save_type(kind.code, {"word": "又改"}, actor=hall.catalog, version=kind.version)
    with pytest.raises(Invalid), transaction.atomic():
        services.save_type(kind.code, {"template": {"width": 1}}, actor=hall.catalog, version=saved.version)


def test_sixty_items_have_their_licences(hall):
    names = {row.name: row for row in selectors.types()}
    assert len(names) >= 40
    assert {"公共场所卫生许可证", "食品经营许可证", "营业执照", "护士执业证书", "道路运输经营许可证"} <= set(names)
    assert names["营业执照"].items == 3
    assert not names["结婚证"].electronic
    assert selectors.sample_png("样例证", "机关", hall.kind.fields, hall.kind.template).startswith(b"\x89PNG")
