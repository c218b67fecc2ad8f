"""评价与咨询投诉的群众页面：长者模式下 390 宽的手机也不横向溢出。"""

import pytest

from shilong.service.cases.tests.conftest import item, world  # noqa: F401 测试固件
from shilong.service.enquiries import services as enquiries
from shilong.service.enquiries.services import Draft
from shilong.service.ratings import services
from shilong.service.ratings.tests.conftest import BAD, hall  # noqa: F401 测试固件

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W03", "W05")]


@pytest.mark.parametrize("mode", ["", "localStorage.setItem('mode', 'elder')"], ids=["普通", "长者"])
def test_pages_fit_the_phone(phone, live_server, hall, sign_in, mode):  # noqa: F811
    from shilong.identity.accounts.models import Account

    case_no = hall.finished()
    services.rate_case(case_no, "6", BAD, actor=hall.world.citizen, pf="2")
    row = enquiries.submit(Draft("consult", "长" * 80, "长" * 300, mobile="13900000001", department="scjg"), actor=hall.world.citizen)
    sign_in(phone, Account.objects.get(pk=hall.world.citizen.account_id).username)
    if mode:
        phone.add_init_script(mode)
    wide = []
    for path in (f"/me/cases/{case_no}/", f"/me/cases/{case_no}/rate/", f"/me/enquiries/{row.number}/", "/me/enquiries/new/", "/ratings/"):
        phone.goto(live_server.url + path)
        width = phone.evaluate("Math.max(innerWidth, document.documentElement.scrollWidth, document.body.scrollWidth)")
        if width > 390:
            wide.append((path, width))
    assert wide == []
