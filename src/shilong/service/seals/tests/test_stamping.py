"""签章：能签、验得过；停用、过期、注销、越权、空白都不行；日志不可改、断链可查。"""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from PIL import Image

from shilong.foundation.documents.ofd import package, reader, signing
from shilong.foundation.documents.ofd.refusals import BadOfd, StampOutsidePage
from shilong.foundation.documents.ofd.signing import Stamp
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.refusals import Refused
from shilong.identity.roles.actor import ANONYMOUS, SYSTEM
from shilong.service.seals import making, refusals, selectors, services, testing
from shilong.service.seals.models import Grant, Seal, SealUse, SealVersion
from shilong.service.seals.services import BatchDocument, Countersignature
from shilong.service.seals.tests.conftest import AT, REASON, drop_trigger, number_of, ofd

pytestmark = [pytest.mark.django_db, pytest.mark.req("P06", "P17")]


def failed(report):
    return {check.code for check in report.failures}


def test_a_stamped_document_verifies_and_is_logged(stamp, seal_no, cast):
    signed = stamp(case_no="4104042611240020100001X", approved_by="钱局长")
    report = services.verify(signed)
    assert report.failures == []
    assert report.ok
    assert report.seals[0].name.endswith("行政审批专用章")
    row = SealUse.objects.get()
    assert (row.result, row.seal_no, row.doc_id, row.user_name, row.approved_by) == (
        "ok",
        seal_no,
        "石龙准〔2026〕第1号",
        "赵审批",
        "钱局长",
    )
    assert row.positions == [[1, 120.0, 200.0, 40.0, 40.0]]
    assert len(row.before_hash) == len(row.after_hash) == len(row.signature_hash) == 64


def test_the_system_signs_only_when_granted(stamp, seal_no):
    assert services.verify(stamp(SYSTEM)).ok
    Grant.objects.filter(account_id__isnull=True).update(revoked_at=timezone.now())
    with pytest.raises(refusals.NotAuthorisedToSeal):
        stamp(SYSTEM)


def test_anonymous_cannot_borrow_the_systems_grant(stamp):
    for nobody in (ANONYMOUS, replace(ANONYMOUS, name="系统")):
        with pytest.raises(refusals.NotAuthorisedToSeal):
            stamp(nobody)


def test_another_person_cannot_stamp(stamp, cast):
    for who in (cast.clerk, cast.leader, cast.bureau, cast.outside, cast.catalog, cast.auditor, cast.citizen):
        with pytest.raises(refusals.NotAuthorisedToSeal):
            stamp(who)
    assert set(SealUse.objects.values_list("result", "fail_code")) == {("refused", "not_authorised_to_seal")}
    assert SealUse.objects.count() == 7


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"doc_types": ["acceptance"]}, refusals.NotAuthorisedToSeal),
        (
            {"valid_until": timezone.now() - timedelta(hours=1), "valid_from": timezone.now() - timedelta(days=2)},
            refusals.NotAuthorisedToSeal,
        ),
        ({"valid_from": timezone.now() + timedelta(days=1)}, refusals.NotAuthorisedToSeal),
        ({"revoked_at": timezone.now()}, refusals.NotAuthorisedToSeal),
    ],
)
def test_a_grant_covers_only_its_documents_and_period(stamp, cast, change, refusal):
    Grant.objects.filter(account_id=cast.officer.account_id).update(**change)
    with pytest.raises(refusal):
        stamp()


def freeze(seal_no, cast):
    services.freeze(seal_no, actor=cast.leader, reason="印章保管人离岗")


def cancel(seal_no, cast, cause="cessation_of_operation"):
    services.approve(services.apply_cancel(seal_no, cause=cause, reason="机构职能调整", actor=cast.leader), actor=cast.bureau)
    run_pending()


def lapse(seal_no, cast):
    Seal.objects.filter(seal_no=seal_no).update(valid_until=timezone.now() - timedelta(seconds=1))


def expire(seal_no, cast):
    lapse(seal_no, cast)
    assert services.expire_due() == 1
    assert services.expire_due() == 0


@pytest.mark.parametrize(
    ("ending", "refusal"),
    [
        (freeze, refusals.SealFrozen),
        (cancel, refusals.SealCancelled),
        (lapse, refusals.SealExpired),
        (expire, refusals.SealExpired),
    ],
)
def test_an_unusable_seal_signs_nothing_new_but_history_still_verifies(stamp, seal_no, cast, ending, refusal):
    before = stamp()
    ending(seal_no, cast)
    with pytest.raises(refusal):
        stamp()
    with pytest.raises(refusal):
        services.stamp_many([BatchDocument(ofd(), "1", AT)], seal_no=seal_no, doc_type="grant", actor=cast.officer)
    assert failed(services.verify(before)) == set()
    assert selectors.usable(cast.officer, "grant") == []


def test_a_cancellation_for_a_leaked_key_voids_history_too(stamp, seal_no, cast):
    before = stamp()
    cancel(seal_no, cast, "key_compromise")
    assert {"signer_chain"} <= failed(services.verify(before))


def test_signing_outside_the_platform_with_a_stolen_key_is_found(seal_no, cast):
    version = SealVersion.objects.get(seal__seal_no=seal_no)
    material = making.sealing(version)
    freeze(seal_no, cast)
    later = timezone.now() + timedelta(seconds=2)
    forged = signing.sign(ofd(), seal=material.seal, signer_cert=material.certificate, signer_key=material.key, stamps=AT, at=later)
    assert failed(services.verify(forged)) == {"seal_state", "logged"}
    backdated = version.made_at + timedelta(seconds=1)
    forged = signing.sign(ofd(), seal=material.seal, signer_cert=material.certificate, signer_key=material.key, stamps=AT, at=backdated)
    assert "logged" in failed(services.verify(forged))


def test_the_old_version_cannot_sign_after_a_change(stamp, seal_no, cast):
    before = stamp()
    old = SealVersion.objects.get(seal__seal_no=seal_no)
    change = services.apply_change(seal_no, name="石龙区新名称局", years=2, reason="机构更名，换发新章", actor=cast.leader)
    services.approve(change, actor=cast.bureau)
    services.make(change, actor=cast.bureau)
    run_pending()
    old.refresh_from_db()
    assert old.superseded_at is not None
    after = stamp()
    assert services.verify(before).ok
    report = services.verify(after)
    assert report.failures == []
    assert (SealUse.objects.last().seal_version, report.seals[0].name) == (2, "石龙区新名称局行政审批专用章")
    material = making.sealing(old)
    later = timezone.now() + timedelta(seconds=3)
    forged = signing.sign(ofd(), seal=material.seal, signer_cert=material.certificate, signer_key=material.key, stamps=AT, at=later)
    assert {"seal_version_state", "logged", "signer_chain"} <= failed(services.verify(forged))


def test_blank_and_broken_documents_are_refused_and_logged(stamp, blank):
    for document, refusal in (
        (blank, refusals.BlankDocument),
        (ofd(" \n　"), refusals.BlankDocument),
        (b"PK\x03\x04junk", BadOfd),
        (b"x", BadOfd),
    ):
        with pytest.raises(refusal):
            stamp(document=document)
    with pytest.raises(StampOutsidePage):
        stamp(stamps=[Stamp(3, 1, 1, 40, 40)])
    with pytest.raises(StampOutsidePage):
        stamp(stamps=[])
    assert set(SealUse.objects.values_list("fail_code", flat=True)) == {"blank_document", "bad_ofd", "stamp_outside_page"}


def test_unknown_seal(stamp):
    with pytest.raises(refusals.SealNotFound):
        stamp(seal_no="YZ0")


def test_a_seal_not_yet_made_or_activated_cannot_sign(stamp, cast):
    application = services.apply(kind="12", department="scjg", reason=REASON, actor=cast.leader)
    number = number_of(application)
    with pytest.raises(refusals.SealNotActive):
        stamp(seal_no=number)
    services.approve(application, actor=cast.bureau)
    services.make(application, actor=cast.bureau)
    with pytest.raises(refusals.SealNotActive):
        stamp(seal_no=number)


def test_tampering_is_found(stamp):
    files = package.unpack(stamp())
    page = next(name for name in files if name.endswith("Content.xml"))
    files[page] = files[page].replace("准予".encode(), "不予".encode())
    report = services.verify(package.pack(files))
    assert not report.ok
    assert "digest" in failed(report)


@pytest.mark.parametrize("junk", [b"", b"PK\x03\x04", b"%PDF-1.4", b"\x00" * 100])
def test_verifying_anything_gives_a_report(db, junk):
    report = services.verify(junk)
    assert not report.ok
    assert report.checks


def test_an_unsigned_document_is_not_valid(db):
    assert "signed" in failed(services.verify(ofd()))


def test_countersigning_and_straddling(stamp, seal_no, cast):
    other = testing.make_seal("wjw", "12", leader=cast.outside, bureau=cast.bureau, to=[cast.officer])
    document = ofd(pages=3)
    edge = signing.straddle([1, 2, 3], page_width=210, y=120, size=40)
    signed = services.countersign(
        document,
        parts=[Countersignature(seal_no, [*AT, *edge]), Countersignature(other, [Stamp(3, 60, 200, 40, 40)])],
        doc_type="grant",
        doc_id="会签 1",
        actor=cast.officer,
    )
    report = services.verify(signed)
    assert report.failures == []
    assert len(report.seals) == 2
    assert len(report.seals[0].stamps) == 4
    services.freeze(other, actor=cast.outside, reason="暂停使用一段时间")
    with pytest.raises(refusals.SealFrozen):
        services.countersign(
            document,
            parts=[Countersignature(seal_no, AT), Countersignature(other, AT)],
            doc_type="grant",
            doc_id="会签 2",
            actor=cast.officer,
        )
    left = list(SealUse.objects.filter(doc_id="会签 2").values_list("seal_no", "result", "fail_code"))
    assert left == [(other, "refused", "seal_frozen")], "一枚盖不上，前面的也不算，拒绝留痕"


def test_a_batch_needs_its_own_permission_and_each_stands_alone(seal_no, cast, blank):
    documents = [BatchDocument(ofd(), "甲", AT), BatchDocument(blank, "乙", AT), BatchDocument(ofd(), "丙", [Stamp(9, 0, 0, 40, 40)])]
    results = services.stamp_many(documents, seal_no=seal_no, doc_type="grant", actor=cast.officer)
    assert [(one.doc_id, one.refusal.code if one.refusal else "") for one in results] == [
        ("甲", ""),
        ("乙", "blank_document"),
        ("丙", "stamp_outside_page"),
    ]
    assert services.verify(results[0].ofd).ok
    assert len(set(SealUse.objects.values_list("batch", flat=True))) == 1
    Grant.objects.filter(account_id=cast.officer.account_id).update(bulk=False)
    with pytest.raises(refusals.NotAuthorisedInBulk):
        services.stamp_many(documents, seal_no=seal_no, doc_type="grant", actor=cast.officer)
    with pytest.raises(refusals.NotAuthorisedToSeal):
        services.stamp_many(documents, seal_no=seal_no, doc_type="grant", actor=cast.clerk)
    with pytest.raises(refusals.TooManyDocuments):
        services.stamp_many(documents * 200, seal_no=seal_no, doc_type="grant", actor=cast.officer)
    assert SealUse.objects.filter(result="refused").count() == 2 + 3 + 3


def test_what_a_person_can_use(seal_no, cast):
    found = selectors.usable(cast.officer, "licence")
    assert [(one.seal_no, one.kind, one.department, one.width) for one in found] == [(seal_no, "11", "scjg", 40)]
    assert selectors.usable(cast.officer, "grant", "wjw") == []
    assert selectors.usable(cast.clerk, "grant") == []
    assert selectors.usable(ANONYMOUS, "grant") == []
    assert [one.seal_no for one in selectors.usable(SYSTEM, "licence")] == [seal_no]
    assert selectors.department_seal("scjg", "11").seal_no == seal_no
    assert selectors.department_seal("scjg", "12") is None
    assert selectors.department_seal("wjw", "11") is None


def test_the_log_chain_links_and_finds_every_kind_of_tampering(stamp, cast):
    for number in range(4):
        stamp(doc_id=str(number))
    assert services.seal_chain() == 4
    assert services.seal_chain() == 0
    stamp(doc_id="未编链")
    assert services.verify_chain() == []
    drop_trigger("sealuse")
    for sql, says in (
        ("UPDATE seals_sealuse SET user_name = 'x' WHERE position = 2", "行校验不符"),
        ("UPDATE seals_sealuse SET positions = '[]' WHERE position = 3", "行校验不符"),
        ("UPDATE seals_sealuse SET digest = 'x' WHERE position = 2", "链摘要不符"),
        ("UPDATE seals_sealuse SET doc_id = 'x' WHERE position IS NULL", "行校验不符"),
        ("DELETE FROM seals_sealuse WHERE position = 2", "被删除"),
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            assert any(says in problem.text for problem in services.verify_chain()), sql
            transaction.set_rollback(True)
    assert services.verify_chain() == []


@pytest.mark.parametrize("table", ["maker", "seal", "sealversion", "application", "grant", "sealevent", "sealuse"])
def test_nothing_can_be_deleted(stamp, table):
    stamp()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM seals_{table}")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE seals_sealuse SET user_name = 'x'",
        "UPDATE seals_sealuse SET result = 'ok', mac = 'x'",
        "UPDATE seals_sealevent SET reason = 'x'",
        "UPDATE seals_sealversion SET serial = '00'",
    ],
)
def test_the_database_refuses_changes(stamp, sql):
    stamp()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_model_refuses_save_and_delete(stamp):
    stamp()
    row = SealUse.objects.get()
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()


def test_a_refusal_never_reaches_the_caller_as_something_else(stamp, cast):
    with pytest.raises(Refused):
        stamp(cast.clerk, doc_id="x" * 500, case_no="\x00" * 9, approved_by="长" * 300)
    assert len(SealUse.objects.get().doc_id) == 80


def test_the_text_is_still_readable_and_the_picture_is_small(stamp):
    signed = stamp()
    assert "准予许可" in reader.text(signed)
    picture = reader.seals(signed)[0].picture
    assert len(picture) < 50_000
    assert Image.open(io.BytesIO(picture)).size == (480, 480)
