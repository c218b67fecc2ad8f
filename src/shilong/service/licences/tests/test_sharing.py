"""共享调用、亮证、验真、加注件、申报选用：有依据才给，次次留痕。"""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from shilong.foundation.files import services as files
from shilong.foundation.refusals import NotAllowed
from shilong.identity import testing as people
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import Role
from shilong.service.cases import testing as cases
from shilong.service.cases.rules import Action
from shilong.service.cases.tests.conftest import PDF
from shilong.service.catalog.testing import CODES
from shilong.service.licences import guessing, selectors, services, store, usage
from shilong.service.licences.models import Grant, Licence, LicenceUse, ShowCode
from shilong.service.licences.refusals import CauseMissing, CodeUnusable, GrantUnusable, Guessing, NoBasis
from shilong.service.licences.rules import identifiers
from shilong.service.licences.rules.states import Act, State
from shilong.service.licences.services import issuing, verifying
from shilong.service.licences.testing import make_draft
from shilong.service.materials import selectors as drafts
from shilong.service.materials import services as materials
from shilong.service.seals.testing import make_seal

pytestmark = [pytest.mark.django_db, pytest.mark.req("P05", "P20")]


@pytest.fixture
def issued(hall) -> Licence:
    return services.issue(hall.draft().uid, actor=hall.leader)


@pytest.fixture
def code(hall, monkeypatch) -> str:
    """打印件上的验真码；只有签发那一刻知道，这里截下来。"""
    known = identifiers.new_code()
    monkeypatch.setattr(issuing.identifiers, "new_code", lambda: known)
    services.issue(hall.draft().uid, actor=hall.leader)
    return known


def call(hall, actor, **kwargs):
    holder = accounts.applicant(hall.holder.account_id).id_no
    return services.query(holder_code=holder, use_cause="办理食品经营许可", actor=actor, **kwargs)


def test_no_basis_no_licence_and_the_refusal_is_kept(hall, issued):
    with pytest.raises(NoBasis):
        call(hall, hall.outsider)
    last = LicenceUse.objects.get(licence=issued)
    assert (last.result, last.basis, last.user_name) == ("denied", "none", "周科员")
    assert selectors.uses(hall.holder).items[0].denied


def test_a_cause_is_required(hall, issued):
    with pytest.raises(CauseMissing):
        services.query(holder_code="x", use_cause=" ", actor=hall.outsider)
    with pytest.raises(CauseMissing):
        services.query(holder_code="x", use_cause="长" * 201, actor=hall.outsider)


def test_citizens_cannot_call(hall, issued):
    with pytest.raises(NotAllowed):
        call(hall, hall.stranger)


@pytest.fixture
def pending(hall) -> tuple[str, Licence]:
    """在办的一件卫生许可，材料清单里有营业执照；申请人手里正有一张营业执照。"""
    market = people.make_staff(Role.LEADER, department="scjg", name="市场局长")
    make_seal("scjg", "11", leader=market, bureau=hall.bureau, to=[market])
    code = accounts.applicant(hall.holder.account_id).id_no
    shop = services.issue(make_draft("营业执照", name="测试甲", code=code, face={"经营范围": "理发服务"}).uid, actor=market)
    file_id = str(files.store(BytesIO(PDF), "材料.pdf", owner_id=hall.holder.account_id).id)
    case_no = cases.submit_case(CODES[1], actor=hall.holder, file_ids=[file_id]).case_no
    cases.drive(case_no, Action.RECEIVE, (Action.ACCEPT, {"present": True}))
    return case_no, shop


def test_the_item_itself_is_a_basis(hall, pending):
    """事项授权：承办部门凭在办的办件，按法定材料清单调用申请人的证照，照面各项都给；记的是这件办件、这个事项。"""
    case_no, shop = pending
    found = call(hall, hall.officer, case_no=case_no)
    assert [row["ZZBH"] for row in found] == [shop.number]
    assert "理发服务" in found[0].values()
    used = LicenceUse.objects.get(licence=shop)
    assert (used.basis, used.case_no, used.item_code, used.department, used.result) == ("item", case_no, CODES[1], "wjw", "ok")
    row, copy = services.fetch(shop.identifier, use_cause="审查卫生许可", case_no=case_no, actor=hall.officer)
    assert (row.pk, copy[:4]) == (shop.pk, b"%PDF")
    assert [one.basis for one in selectors.uses(hall.holder).items] == ["事项需要", "事项需要"]
    assert usage.broken(shop) is None


def test_the_item_is_no_basis_for_others(hall, pending, issued):
    """别的部门看不到这件办件；材料清单里没有的证照、别人的证照，凭这件办件也拿不到。"""
    case_no, shop = pending
    with pytest.raises(NoBasis):
        call(hall, hall.outsider, case_no=case_no)
    with pytest.raises(NoBasis, match="材料清单里没有这种证照"):
        services.fetch(issued.identifier, use_cause="审查", case_no=case_no, actor=hall.officer)
    theirs = services.issue(hall.draft(actor=hall.stranger).uid, actor=hall.leader)
    with pytest.raises(NoBasis, match="不是这张证照的持证人"):
        services.fetch(theirs.identifier, use_cause="审查", case_no=case_no, actor=hall.officer)
    assert {one.result for one in LicenceUse.objects.all()} == {"denied"}
    assert LicenceUse.objects.filter(licence=shop).count() == 1


def test_a_grant_opens_only_what_it_says(hall, issued):
    given = services.grant(
        issued.uid, department="scjg", purpose="办理食品经营许可", max_uses=1, days=7, keys=["KZ_XKXM"], actor=hall.holder
    )
    with pytest.raises(GrantUnusable):
        call(hall, hall.clerk, grant_uid=str(given.uid))
    found = call(hall, hall.outsider, grant_uid=str(given.uid))
    assert found[0]["ZZBH"] == issued.number
    assert "KZ_XKXM" in found[0]
    assert not {"CZZTDM", "KZ_CSDZ"} & set(found[0])
    with pytest.raises(GrantUnusable, match="用完"):
        call(hall, hall.outsider, grant_uid=str(given.uid))
    assert usage.broken(issued) is None


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_a_dead_grant_is_refused(hall, issued, how):
    given = services.grant(issued.uid, department="scjg", purpose="核对", max_uses=3, days=1, actor=hall.holder)
    if how == "revoked":
        services.revoke_grant(given.uid, actor=hall.holder)
    else:
        Grant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(GrantUnusable):
        call(hall, hall.outsider, grant_uid=str(given.uid))


def test_only_the_holder_grants_and_revokes(hall, issued):
    with pytest.raises(NotAllowed):
        services.grant(issued.uid, department="scjg", purpose="核对", max_uses=1, days=1, actor=hall.stranger)
    given = services.grant(issued.uid, department="scjg", purpose="核对", max_uses=1, days=1, actor=hall.holder)
    with pytest.raises(NotAllowed):
        services.revoke_grant(given.uid, actor=hall.stranger)


def test_a_case_that_does_not_need_it_is_no_basis(hall, issued):
    with pytest.raises(NoBasis, match="材料清单"):
        call(hall, hall.officer, case_no=issued.case_no)
    with pytest.raises(NoBasis):
        call(hall, hall.outsider, case_no=issued.case_no)


def test_fetched_copy_is_logged(hall, issued):
    given = services.grant(issued.uid, department="scjg", purpose="核对", max_uses=1, days=1, actor=hall.holder)
    _, pdf = services.fetch(issued.identifier, use_cause="食品经营许可", grant_uid=str(given.uid), actor=hall.outsider)
    assert pdf.startswith(b"%PDF")
    assert LicenceUse.objects.get(licence=issued).action == "fetch"


def test_the_chain_shows_a_rewritten_row(hall, issued):
    with pytest.raises(NoBasis):
        call(hall, hall.outsider)
    row = LicenceUse.objects.get(licence=issued)
    row.user_name = "别人"
    assert usage.digest(row) != row.digest


def test_show_code_works_once(hall, issued):
    token, _ = services.show(issued.uid, "窗口核对", actor=hall.holder)
    row, purpose = services.redeem(token, actor=hall.clerk)
    assert (row.pk, purpose) == (issued.pk, "窗口核对")
    with pytest.raises(CodeUnusable, match="用过"):
        services.redeem(token, actor=hall.clerk)
    assert selectors.uses(hall.holder).items[0].who.endswith("李敏")


def test_show_code_dies_after_sixty_seconds(hall, issued):
    token, until = services.show(issued.uid, "窗口核对", actor=hall.holder)
    assert until - timezone.now() <= timedelta(seconds=60)
    ShowCode.objects.update(expires_at=timezone.now())
    with pytest.raises(CodeUnusable, match="60 秒"):
        services.redeem(token, actor=hall.clerk)


def test_a_new_code_kills_the_old_one(hall, issued):
    old, _ = services.show(issued.uid, "窗口核对", actor=hall.holder)
    services.show(issued.uid, "窗口核对", actor=hall.holder)
    with pytest.raises(CodeUnusable):
        services.redeem(old, actor=hall.clerk)


def test_nobody_shows_anothers_licence_or_scans_as_a_citizen(hall, issued):
    with pytest.raises(NotAllowed):
        services.show(issued.uid, "冒用", actor=hall.stranger)
    token, _ = services.show(issued.uid, "窗口核对", actor=hall.holder)
    with pytest.raises(NotAllowed):
        services.redeem(token, actor=hall.stranger)
    assert ShowCode.objects.get().used_at is None


def test_suspended_licence_is_shown_with_its_state_but_cancelled_is_not(hall, issued):
    services.act(issued.uid, Act.CANCEL, actor=hall.leader, reason="持证人申请注销", document_no="石卫注〔2026〕1号")
    with pytest.raises(Exception, match="不能出示"):
        services.show(issued.uid, "窗口核对", actor=hall.holder)


def test_printed_code_shows_state_and_masked_holder(hall, code):
    found = services.verify(code.lower().replace("-", " "), ip="10.0.0.1")
    assert found is not None
    assert (found.state_name, found.holder) == ("有效", "测*甲" if found.holder.startswith("测*甲") else found.holder)
    assert "测试甲" not in (found.holder, found.holder_code)
    row = Licence.objects.get()
    assert code not in (row.code_digest, row.face)
    services.act(row.uid, Act.REVOKE, actor=hall.leader, reason="以欺骗手段取得", document_no="石卫撤〔2026〕1号")
    assert services.verify(code, ip="10.0.0.1").state == State.REVOKED


def test_guessing_codes_is_slowed(hall, code):
    for _ in range(verifying.CODES):
        assert services.verify(identifiers.new_code() + "0", ip="10.9.9.9") is None
    with pytest.raises(Guessing):
        services.verify(code, ip="10.9.9.9")
    assert services.verify(code, ip="10.9.9.8") is not None


def test_checking_a_pile_of_false_files_is_not_guessing(hall, issued):
    """核一摞可疑的件是正常用途，不能十份就锁。"""
    for _ in range(guessing.LIMIT + 2):
        assert not services.check_file(b"not an ofd", ip="10.0.0.2").report.ok
    assert services.check_file(store.load(issued, "ofd"), ip="10.0.0.2").report.ok


def test_uploaded_file_is_checked_item_by_item(hall, issued):
    ofd = store.load(issued, "ofd")
    good = services.check_file(ofd, ip="10.0.0.1")
    assert good.report.ok and good.same and good.found is not None and good.found.state == State.VALID
    from shilong.foundation.documents.ofd import package

    files = package.unpack(ofd)
    page = "Doc_0/Pages/Page_0/Content.xml"
    files[page] = files[page].replace("测试甲".encode(), "测试乙".encode())
    bad = services.check_file(package.pack(files), ip="10.0.0.1")
    assert not bad.report.ok and bad.found is None
    assert bad.report.failures
    assert not services.check_file(b"not an ofd", ip="10.0.0.1").report.ok


def test_offline_block_is_verifiable_without_a_database(hall, issued, django_assert_num_queries):
    block = services.offline_block(issued, days=3)
    with django_assert_num_queries(0):
        good = services.check_offline(block)
        late = services.check_offline(block, today=timezone.localdate() + timedelta(days=4))
        forged = services.check_offline(block.replace(issued.ofd_digest[:6], "ffffff"))
        junk = services.check_offline("乱写")
    assert good.ok and good.identifier == issued.identifier
    assert "到期" in late.problem
    assert "签名不对" in forged.problem
    assert not junk.ok


def test_material_can_be_an_own_licence(hall):
    """营业执照是卫生许可的免交材料：自己的直接选用，别人的不行。"""
    market = people.make_staff(Role.LEADER, department="scjg", name="市场局长")
    make_seal("scjg", "11", leader=market, bureau=hall.bureau, to=[market])
    number = accounts.applicant(hall.holder.account_id).id_no
    row = make_draft("营业执照", name="测试甲", code=number)
    services.issue(row.uid, actor=market)
    mine = materials.open_draft(CODES[1], actor=hall.holder, channel="1")
    wanted = next(one.view for one in mine.materials if one.view.name == "营业执照")
    assert [one.uid for one in selectors.reusable(mine.applicant, [wanted], hall.holder)[wanted.code]] == [str(row.uid)]
    view = materials.use_licence(mine.id, wanted.code, row.uid, actor=hall.holder)
    assert [one.source for one in view.material(wanted.code).files] == ["licence"]
    assert LicenceUse.objects.get(licence=row).action == "reuse"
    theirs = materials.open_draft(CODES[1], actor=hall.stranger, channel="1")
    with pytest.raises(NotAllowed):
        materials.use_licence(theirs.id, wanted.code, row.uid, actor=hall.stranger)
    assert not drafts.draft(theirs.id, hall.stranger).material(wanted.code).files
