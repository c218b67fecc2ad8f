"""窗口代填调用申请人的证照：亮证、授权、到场三条路；换一个人、换一张证都不行；审批端看得到来历与验章结果。"""

import pytest
from django.conf import settings

from shilong.foundation.refusals import NotAllowed
from shilong.identity import testing as people
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import Role, Scope
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.testing import CODES
from shilong.service.licences import guessing, selectors, services
from shilong.service.licences.models import Grant, Licence, LicenceUse, ShowCode, UsedCopy
from shilong.service.licences.refusals import CodeUnusable, FileBroken, GrantUnusable, Guessing, NoBasis, NotHeld, OthersLicence
from shilong.service.licences.rules.states import Act
from shilong.service.licences.testing import make_draft
from shilong.service.materials import selectors as drafts
from shilong.service.materials import services as materials
from shilong.service.materials.refusals import DraftNotFound
from shilong.service.seals.testing import make_seal

pytestmark = [pytest.mark.django_db, pytest.mark.req("P05", "W02", "W06")]
HYGIENE = CODES[1]


@pytest.fixture
def shop(hall) -> Licence:
    """测试甲的营业执照，已签发：卫生许可的材料之一。"""
    market = people.make_staff(Role.LEADER, department="scjg", name="市场局长")
    make_seal("scjg", "11", leader=market, bureau=hall.bureau, to=[market])
    code = accounts.applicant(hall.holder.account_id).id_no
    return services.issue(make_draft("营业执照", name="测试甲", code=code).uid, actor=market)


class Counter:
    """窗口替一个人填卫生许可。"""

    def __init__(self, hall, who) -> None:
        self.hall = hall
        self.draft = materials.open_draft(HYGIENE, actor=hall.clerk, channel="3", applicant=accounts.applicant(who.account_id))
        self.code = next(one.view.code for one in self.draft.materials if one.view.name == "营业执照")

    def call(self, actor=None, **values):
        return materials.call_licence(self.draft.id, self.code, actor=actor or self.hall.clerk, **values)

    @property
    def files(self):
        return drafts.draft(self.draft.id, self.hall.clerk).material(self.code).files


@pytest.fixture
def counter(hall, shop):
    return Counter(hall, hall.holder)


def test_which_materials_can_come_from_the_library(hall, counter):
    item = catalog.item(HYGIENE)
    names = {one.name for one in item.materials if one.code in selectors.from_library(item.materials)}
    assert "营业执照" in names
    assert not any(one.generated for one in item.materials if one.code in selectors.from_library(item.materials))


def test_the_holder_shows_a_code(hall, shop, counter):
    token, _ = services.show(shop.uid, "办理卫生许可", actor=hall.holder)
    view = counter.call(proof=f"https://政务/v/show/{token}/")
    file = view.material(counter.code).files[0]
    assert (file.source, file.name) == ("licence", "营业执照（加注件）.pdf")
    used = LicenceUse.objects.get(licence=shop)
    assert (used.action, used.basis, used.channel, used.user_name) == ("reuse", "show", "window", "李敏")
    assert "窗口代填" in used.cause
    origin = selectors.origins([file.file_id])[file.file_id]
    assert (origin.number, origin.basis, origin.state_name) == (shop.number, "本人亮证", "有效")
    assert "检查全部通过" in origin.checked
    with pytest.raises(CodeUnusable, match="已经用过"):
        counter.call(proof=token)


def test_the_holder_is_present(hall, shop, counter):
    counter.call(present=True)
    assert LicenceUse.objects.get(licence=shop).basis == "present"
    assert [one.source for one in counter.files] == ["licence"]


def test_the_holder_gave_a_grant(hall, shop, counter):
    given = services.grant(shop.uid, department="zwj", purpose="办理卫生许可", max_uses=1, days=1, actor=hall.holder)
    counter.call(proof=str(given.uid))
    assert (LicenceUse.objects.get(licence=shop).basis, Grant.objects.get().used) == ("self", 1)
    counter.draft = materials.detach(counter.draft.id, counter.code, counter.files[0].file_id, actor=hall.clerk)
    with pytest.raises(GrantUnusable, match="次数已经用完"):
        counter.call(proof=str(given.uid))


def test_no_proof_no_licence(hall, shop, counter):
    with pytest.raises(NoBasis, match="亮证码"):
        counter.call()
    with pytest.raises(GrantUnusable):
        counter.call(proof="00000000-0000-0000-0000-000000000000")
    for _ in range(guessing.LIMIT):
        with pytest.raises(CodeUnusable):
            counter.call(proof="乱扫的码")
    with pytest.raises(Guessing):
        counter.call(proof="乱扫的码")
    assert not LicenceUse.objects.exists()
    assert not counter.files


def test_another_applicant_gets_nothing(hall, shop):
    """给测试乙填表，拿测试甲的亮证、授权都不行，码和次数退回；乙到场也取不到甲的。"""
    counter = Counter(hall, hall.stranger)
    token, _ = services.show(shop.uid, "办理卫生许可", actor=hall.holder)
    given = services.grant(shop.uid, department="zwj", purpose="办理卫生许可", max_uses=1, days=1, actor=hall.holder)
    for proof in (token, str(given.uid)):
        with pytest.raises(OthersLicence, match="不是这位申请人"):
            counter.call(proof=proof)
    with pytest.raises(NotHeld):
        counter.call(present=True)
    assert ShowCode.objects.get().used_at is None
    assert Grant.objects.get().used == 0
    assert not LicenceUse.objects.exists()
    assert not UsedCopy.objects.exists()


def test_another_clerk_and_the_holder_cannot_use_this_draft(hall, shop, counter):
    other = people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, name="王芳")
    for actor in (other, hall.holder, hall.officer):
        with pytest.raises(DraftNotFound):
            counter.call(actor=actor, present=True)
    mine = materials.open_draft(HYGIENE, actor=hall.holder, channel="1")
    with pytest.raises(NotAllowed):
        materials.call_licence(mine.id, counter.code, actor=hall.holder, present=True)


def test_the_wrong_or_suspended_licence_is_refused(hall, shop, counter):
    hygiene = services.issue(hall.draft().uid, actor=hall.leader)
    token, _ = services.show(hygiene.uid, "拿错了", actor=hall.holder)
    with pytest.raises(OthersLicence, match="不能用作“营业执照”"):
        counter.call(proof=token)
    services.act(shop.uid, Act.SUSPEND, actor=hall.outside_leader, reason="列入异常名录", document_no="石市监〔2026〕1号")
    with pytest.raises(NotHeld):
        counter.call(present=True)


def test_a_broken_original_is_refused(hall, shop, counter):
    for path in (settings.DATA / "licences").rglob(f"{shop.uid}-*.ofd"):
        path.write_bytes(b"x")
    with pytest.raises(FileBroken):
        counter.call(present=True)
    assert not LicenceUse.objects.exists()
