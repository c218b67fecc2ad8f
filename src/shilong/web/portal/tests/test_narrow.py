"""390 宽的手机：群众侧每个主要页面都不横向溢出，普通与长者模式都看。

手机模式的浏览器遇到过宽的页面会把视口一起放大，`scrollWidth - innerWidth` 总是 0；所以同时断言视口仍是 390。
"""

from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils import timezone
from PIL import Image

from shilong.foundation.files import services as files
from shilong.foundation.notify.models import Message
from shilong.identity.testing import make_citizen, make_department, make_enterprise
from shilong.service.cases import selectors as cases
from shilong.service.cases.testing import drive, submit_case
from shilong.service.catalog.testing import CODES, FOOD, NURSE_CHANGE, seed_items
from shilong.service.forms.seed import seed_forms
from shilong.service.materials import services as materials

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P01", "W06")]
WIDTH = 390
MODES = {"普通": "", "长者": "localStorage.setItem('mode', 'elder')"}
OPEN = (
    "/",
    "/items/",
    "/items/?q=食品",
    "/items/?q=没有这样的事",
    f"/items/{FOOD}/",
    f"/items/{NURSE_CHANGE}/",
    "/progress/",
    "/publicity/",
    "/publicity/?page=99999",
    "/ratings/",
    "/ratings/?level=1",
    "/enquiries/",
    "/help/",
    "/privacy/",
    "/verify/",
    "/departments/",
    "/topics/",
    "/login/",
    "/register/",
    "/register/enterprise/",
    "/not-here/",
)
MINE = (
    "/",
    "/me/",
    "/me/cases/",
    "/me/cases/?page=9",
    "/account/address/",
    "/me/drafts/",
    "/me/enquiries/",
    "/me/enquiries/new/",
    "/messages/",
    "/account/",
    "/account/password/",
    "/account/mobile/",
    "/account/otp/",
    "/account/sessions/",
    "/account/realname/",
    "/account/agents/",
)


@pytest.fixture
def town(transactional_db):
    cache.clear()
    for key in ("wjw", "scjg"):
        make_department(key)
    seed_forms()
    seed_items(12)


def _wide(page, live_server, paths):
    """比屏幕宽的页面：地址、宽度与伸出去的元素；都不宽是空串。"""
    found = []
    for path in paths:
        page.goto(live_server.url + path)
        width = page.evaluate("Math.max(innerWidth, document.documentElement.scrollWidth, document.body.scrollWidth)")
        if width > WIDTH:
            found.append(f"{path} 宽 {width}：{page.evaluate(CULPRITS)}")
    return "\n".join(found)


CULPRITS = """() => {
  const clipped = one => one && (getComputedStyle(one).overflowX !== 'visible' || clipped(one.parentElement))
  return [...document.body.querySelectorAll('*')]
    .filter(one => one.getBoundingClientRect().right > 391 && getComputedStyle(one).position !== 'fixed' && !clipped(one.parentElement))
    .slice(0, 8)
    .map(one => `${one.tagName}.${one.className?.baseVal ?? one.className} ${Math.round(one.getBoundingClientRect().right)}`).join('、')
}"""


def _picture():
    buffer = BytesIO()
    Image.new("RGB", (400, 500), "white").save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def _decided(actor):
    number = _case(actor, "receive", "accept")
    while any(task.stage == "review" for task in cases.case(number, actor=actor).open_tasks):
        drive(number, "review")
    drive(number, "decide")


def _case(actor, *steps):
    stored = files.store(_picture(), "很长很长的材料名称第一份原件扫描件.png", owner_id=actor.account_id)
    case = submit_case(FOOD, actor=actor, file_ids=[str(stored.id)])
    drive(case.case_no, *steps)
    return case.case_no


@pytest.mark.parametrize("mode", MODES)
def test_open_pages_fit_a_phone(town, phone, live_server, mode):
    _decided(make_citizen("测试甲", username="resident"))
    phone.add_init_script(MODES[mode])
    assert not (wide := _wide(phone, live_server, OPEN)), wide


@pytest.mark.parametrize("mode", MODES)
def test_personal_pages_fit_a_phone(town, phone, live_server, sign_in, mode):
    actor = make_citizen("测试甲", username="resident")
    correcting, deciding = _case(actor, "receive", "supplement"), _case(actor, "receive", "accept")
    draft = materials.open_draft(NURSE_CHANGE, actor=actor, channel="2")
    for number in range(12):
        title = f"您的办件第 {number} 条消息"
        Message.objects.create(account_id=actor.account_id, title=title, body="内容" * 60, created_at=timezone.now())
    apply = [f"/apply/d/{draft.id}/{step}/" for step in ("situation", "form", "materials", "check")]
    mine = [f"/me/cases/{correcting}/", f"/me/cases/{deciding}/", f"/me/cases/{correcting}/resubmit/", f"/apply/done/{deciding}/"]
    phone.add_init_script(MODES[mode])
    sign_in(phone, "resident")
    assert not (wide := _wide(phone, live_server, (*MINE, *apply, *mine))), wide


@pytest.mark.parametrize("mode", MODES)
def test_enterprise_pages_fit_a_phone(town, phone, live_server, sign_in, mode):
    make_enterprise("平顶山市石龙区虚构测试名称特别长的食品销售有限责任公司", username="company")
    assert get_user_model().objects.filter(username="company").exists()
    phone.add_init_script(MODES[mode])
    sign_in(phone, "company")
    assert not (wide := _wide(phone, live_server, MINE)), wide


def test_every_guide_fits_a_phone_in_elder_mode(transactional_db, phone, live_server):
    """各事项的标签、时限、材料多少不一，长者模式字大，逐个看。"""
    cache.clear()
    seed_items()
    phone.add_init_script(MODES["长者"])
    wide = _wide(phone, live_server, [f"/items/{code}/" for code in CODES.values()])
    assert not wide, wide
