"""文书用章：出文书自动盖部门的章；没授权、章停用照出并写明；有权的人补盖；动一个字节就查得出。"""

from io import BytesIO

import ofdkit
import pypdfium2
import pytest
from django.db import DatabaseError, transaction

from shilong.foundation.documents import pades
from shilong.foundation.documents import selectors as documents
from shilong.foundation.documents.ofd import package, reader
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.refusals import NotAllowed
from shilong.identity.roles.actor import SYSTEM
from shilong.service.cases.testing import drive
from shilong.service.seals import refusals, rules, selectors, services, testing
from shilong.service.seals.models import PaperSeal, SealUse
from shilong.service.seals.services import papers as papers_service
from shilong.service.seals.tests.conftest import terms

pytestmark = [pytest.mark.django_db, pytest.mark.req("P06", "P17", "W02")]

PARTS = ("Signature.xml", "SignedValue.dat", "Seal.esl")


@pytest.fixture
def accepted(world, seal_no):
    """一件受理了的办件，事件已处理完；返回受理通知书的编号。"""
    view = drive(world.submit().case_no, "accept")
    run_pending()
    return number_of(view.case_no)


def number_of(case_no: str, kind: str = "acceptance") -> str:
    return [one.number for one in documents.for_subject(case_no) if one.kind == kind][-1]


def view_of(number, actor=SYSTEM):
    return selectors.papers([documents.document(number)], actor)[number]


def words(text: str) -> list[str]:
    return sorted("".join(text.split()))


def pdf_text(pdf: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_an_issued_paper_is_sealed_in_both_formats_and_logged(accepted, seal_no):
    view = view_of(accepted)
    assert (view.seal_name, view.sealed_by) == ("石龙区scjg局行政审批专用章", "系统自动签章")
    ofd, pdf = services.paper_file(accepted, "ofd"), services.paper_file(accepted, "pdf")
    assert ofd.sealed
    assert pdf.sealed
    report = services.verify(ofd.content)
    assert report.ok, [(check.name, check.detail) for check in report.failures]
    signed = pades.verify(pdf.content, pades.roots())
    assert signed.ok, [(check.name, check.detail) for check in signed.failures]
    use = SealUse.objects.get(doc_id=accepted)
    assert (use.seal_no, use.doc_type, use.result, use.account_id) == (seal_no, "acceptance", "ok", None)
    assert use.case_no == documents.document(accepted).subject


@pytest.mark.parametrize("sealed", [True, False])
def test_the_two_formats_say_the_same(world, cast, sealed):
    if sealed:
        testing.make_seal("scjg", leader=cast.leader, bureau=cast.bureau)
    number = number_of(drive(world.submit().case_no, "accept").case_no)
    ofd, pdf = services.paper_file(number, "ofd"), services.paper_file(number, "pdf")
    assert ofd.sealed is pdf.sealed is sealed
    with ofdkit.open(BytesIO(ofd.content)) as document:
        third_party = "".join(run.text for page in document.pages for run in page.runs)
    assert words(third_party) == words(pdf_text(pdf.content)) == words(reader.text(ofd.content))
    assert number in reader.text(ofd.content)
    assert reader.metadata(ofd.content).custom["WSBH"] == number


def test_the_seal_covers_the_organ_and_the_date(accepted):
    ofd = services.paper_file(accepted, "ofd").content
    (box,) = services.verify(ofd).seals[0].stamps
    left, top, width, height = box.box
    spot = papers_service.documents.editions(accepted).spot
    assert left < spot.x < left + width
    assert top + height / 2 < spot.y < top + height, "署名与日期居印章中心偏下"


@pytest.mark.parametrize("name", ["Doc_0/Pages/Page_0/Content.xml", *(f"Doc_0/Signs/Sign_0/{one}" for one in PARTS)])
def test_one_changed_byte_in_the_ofd_is_found(accepted, name):
    files = package.unpack(services.paper_file(accepted, "ofd").content)
    middle = len(files[name]) // 2
    files[name] = files[name][:middle] + bytes([files[name][middle] ^ 1]) + files[name][middle + 1 :]
    assert not services.verify(package.pack(files)).ok


def test_one_changed_byte_in_the_pdf_is_found(accepted):
    pdf = services.paper_file(accepted, "pdf").content
    where = pdf.index(b"/Title")
    assert not pades.verify(pdf[: where + 8] + bytes([pdf[where + 8] ^ 1]) + pdf[where + 9 :], pades.roots()).ok


@pytest.mark.parametrize("form", ["ofd", "pdf"])
def test_a_file_changed_on_disk_is_not_given_out(accepted, form):
    path = papers_service._path(PaperSeal.objects.get(number=accepted), form)
    content = path.read_bytes()
    assert not content.startswith((b"PK", b"%PDF")), "加密存放"
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(refusals.PaperBroken):
        services.paper_file(accepted, form)
    if form == "ofd":
        assert not services.check_paper(accepted).ok


def test_without_a_grant_the_paper_still_goes_out_and_says_why(world, cast):
    seal_no = testing.make_seal("scjg", leader=cast.leader, bureau=cast.bureau, to=[cast.officer], system=False)
    number = number_of(drive(world.submit().case_no, "accept").case_no)
    assert not services.paper_file(number, "pdf").sealed
    view = view_of(number, cast.officer)
    assert "授权" in view.problem
    assert view.may_seal
    assert not SealUse.objects.filter(seal_no=seal_no).exists()


def test_without_a_seal_the_paper_says_so(world):
    number = number_of(drive(world.submit().case_no, "accept").case_no)
    run_pending()
    assert "还没有启用" in view_of(number).problem
    assert not services.paper_file(number, "ofd").sealed
    assert services.check_paper(number) is None


def test_a_frozen_seal_is_not_used_and_the_paper_can_be_sealed_later(world, cast, seal_no):
    services.freeze(seal_no, actor=cast.leader, reason="印章保管交接")
    number = number_of(drive(world.submit().case_no, "accept").case_no)
    run_pending()
    assert not services.paper_file(number, "pdf").sealed
    assert "已停用" in view_of(number).problem
    assert not view_of(number, cast.officer).may_seal
    with pytest.raises(refusals.SealFrozen):
        services.seal_paper(number, actor=cast.officer)
    services.resume(seal_no, actor=cast.bureau, reason="交接完毕恢复使用")
    run_pending()
    assert not services.paper_file(number, "pdf").sealed, "登记过的不会自己变"
    assert view_of(number, cast.officer).may_seal
    services.seal_paper(number, actor=cast.officer)
    view = view_of(number, cast.officer)
    assert (view.sealed_by, view.problem, view.may_seal) == ("赵审批", "", False)
    assert services.check_paper(number).ok
    assert [row.result for row in SealUse.objects.filter(doc_id=number).order_by("pk")] == ["refused", "ok"]
    with pytest.raises(refusals.PaperAlreadySealed):
        services.seal_paper(number, actor=cast.officer)


def test_another_person_cannot_seal(world, cast):
    seal_no = testing.make_seal("scjg", leader=cast.leader, bureau=cast.bureau, to=[cast.officer], system=False)
    number = number_of(drive(world.submit().case_no, "accept").case_no)
    run_pending()
    for who, refusal in (
        (cast.citizen, NotAllowed),
        (world.citizen, NotAllowed),
        (cast.auditor, NotAllowed),
        (world.outsider, refusals.OthersPaper),
        (cast.clerk, refusals.NotAuthorisedToSeal),
        (cast.leader, refusals.NotAuthorisedToSeal),
    ):
        assert not view_of(number, who).may_seal
        with pytest.raises(refusal):
            services.seal_paper(number, actor=who)
    assert PaperSeal.objects.get(number=number).sealed_at is None
    assert [row.user_name for row in SealUse.objects.filter(seal_no=seal_no)] == ["李敏", "钱局长"], "越权用章记在日志里"


def test_a_grant_for_other_papers_does_not_cover_this_one(world, cast):
    seal_no = testing.make_seal("scjg", leader=cast.leader, bureau=cast.bureau, system=False)
    services.grant(seal_no, cast.officer.account_id, terms(doc_types=["grant"]), actor=cast.bureau)
    number = number_of(drive(world.submit().case_no, "accept").case_no)
    assert not view_of(number, cast.officer).may_seal
    with pytest.raises(refusals.NotAuthorisedToSeal):
        services.seal_paper(number, actor=cast.officer)


def test_marriage_papers_carry_no_electronic_seal(world, cast, item, seal_no):
    """电子签名法第三条第三款。"""
    number = number_of(drive(world.submit(item_code=item(seq=9, name="收养登记")).case_no, "accept").case_no)
    run_pending()
    assert not services.paper_file(number, "pdf").sealed
    view = view_of(number, cast.officer)
    assert "不使用电子印章" in view.problem
    assert not view.may_seal
    with pytest.raises(refusals.PaperForbidden):
        services.seal_paper(number, actor=cast.officer)
    assert not SealUse.objects.filter(doc_id=number).exists()


@pytest.mark.parametrize(("name", "allowed"), [("公共场所卫生许可", True), ("内地居民结婚登记", False), ("遗嘱继承公证", False)])
def test_which_items_may_use_an_electronic_seal(name, allowed):
    assert rules.electronic_allowed(name) is allowed


def test_a_promise_is_signed_by_the_applicant_not_sealed(world, cast, seal_no):
    issued = papers_service.documents.issue(
        "promise", subject=world.submit().case_no, context={"applicant": "测试甲"}, issuer="石龙区某局", department="scjg"
    )
    assert not services.paper_file(issued.number, "ofd").sealed
    assert not view_of(issued.number, cast.officer).wanted
    with pytest.raises(refusals.PaperNotSealed):
        services.seal_paper(issued.number, actor=cast.officer)


def test_acceptance_prefers_the_acceptance_seal(world, cast, seal_no):
    special = testing.make_seal("scjg", "12", leader=cast.leader, bureau=cast.bureau)
    view = drive(world.submit().case_no, "accept", "review", "decide")
    run_pending()
    used = {row.kind: row.seal_no for row in PaperSeal.objects.filter(subject=view.case_no)}
    assert used["acceptance"] == special
    assert used["grant"] == seal_no


def test_a_straddling_seal_on_request(world, cast):
    testing.make_seal("scjg", leader=cast.leader, bureau=cast.bureau, to=[cast.officer], system=False)
    materials = [{"name": f"材料{number}"} for number in range(30)]
    case_no = drive(world.submit().case_no, "accept").case_no
    issued = papers_service.documents.issue(
        "register", subject=case_no, context={"materials": materials}, issuer="石龙区市场监督管理局", department="scjg"
    )
    services.seal_paper(issued.number, actor=cast.officer, straddle=True)
    ofd, pdf = services.paper_file(issued.number, "ofd").content, services.paper_file(issued.number, "pdf").content
    pages = len(reader.pages(ofd))
    assert pages >= 2
    assert len(services.verify(ofd).seals[0].stamps) == pages + 1
    assert services.verify(ofd).ok
    assert pades.verify(pdf, pades.roots()).ok
    images = [len(list(page.get_objects(filter=(3,), max_depth=3))) for page in pypdfium2.PdfDocument(pdf)]
    assert all(images), "每一页的右边缘都有骑缝章的一条"
    assert view_of(issued.number).straddled


def test_a_sealed_row_cannot_be_changed(accepted):
    for statement in ({"seal_name": "假章"}, {"sealed_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PaperSeal.objects.filter(number=accepted).update(**statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        PaperSeal.objects.filter(number=accepted).delete()


def test_without_a_pdf_certificate_nothing_is_half_sealed(world, seal_no, monkeypatch):
    """生产环境还没导入 PDF 签名证书：OFD 也不单独盖，日志不留“成功”，原因写明，文书照出。"""

    def missing(name):
        raise pades.IdentityMissing(name=name)

    monkeypatch.setattr(pades, "ensure_identity", missing)
    number = number_of(drive(world.submit().case_no, "accept").case_no)
    run_pending()
    assert not services.paper_file(number, "ofd").sealed
    assert "PDF 签名证书" in view_of(number).problem
    assert not SealUse.objects.filter(doc_id=number).exists()


def test_two_processes_seal_once(world, seal_no, monkeypatch):
    """两处同时盖同一份：后到的看到已盖过，不再盖第二枚。"""
    number = number_of(drive(world.submit().case_no, "accept").case_no)
    real, calls = papers_service._stamps, []

    def slow(*args, **options):
        if not calls:
            calls.append(1)
            services.seal_automatically(number)  # 排好版还没加锁，另一个进程先盖成了
        return real(*args, **options)

    monkeypatch.setattr(papers_service, "_stamps", slow)
    services.seal_automatically(number)
    assert services.check_paper(number).ok
    assert SealUse.objects.filter(doc_id=number, result="ok").count() == 1
