"""单位注册、核验升级与授权书盖章件。"""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from shilong.identity import testing
from shilong.identity.accounts import selectors, services
from shilong.identity.accounts.models import Account, Agency
from shilong.identity.realname.services import VerifyAtCounter

pytestmark = [pytest.mark.django_db, pytest.mark.req("W05", "P29")]
MOBILE = "13000000008"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def form(code, **changes):
    return {
        "name": "平顶山市石龙区虚构注册有限公司",
        "kind": "2",
        "uscc": testing.fake_uscc(777),
        "legal_name": "测试法人",
        "legal_id_no": "410404190001010045",
        "mobile": MOBILE,
        "code": code,
        "username": "xugou-firm",
        "password": testing.PASSWORD,
        "again": testing.PASSWORD,
        "consent": "on",
    } | changes


@pytest.fixture
def code(sent):
    client = Client()
    client.post("/register/code/", {"mobile": MOBILE})
    return sent[0][1]["code"]


def test_firm_registers_at_level_zero_then_verifies(code):
    client = Client()
    assert client.post("/register/enterprise/", form(code))["Location"] == "/account/realname/"
    account = Account.objects.get(username="xugou-firm")
    profile = selectors.applicant(account.pk)
    assert (profile.kind, profile.id_type, profile.id_no, profile.legal_name) == ("2", "001", testing.fake_uscc(777), "测试法人")
    assert account.realname_level == 0
    page = client.get("/account/realname/").content.decode()
    assert "网上申请须 1 级" in page
    client.post("/account/realname/")
    account.refresh_from_db()
    assert account.realname_level == 1


def test_production_sends_the_firm_to_the_counter(settings):
    firm = testing.make_enterprise(level=0)
    settings.MODE = "production"
    from shilong.identity.realname import services as realname

    with pytest.raises(VerifyAtCounter):
        realname.verify_online(actor=firm)
    assert selectors.actor_for(firm.account_id).realname_level == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"uscc": "91410404TTTT1001X0"}, "信用代码"),
        ({"legal_id_no": "410404190001010046"}, "身份证"),
        ({"legal_name": "甲1"}, "姓名"),
        ({"name": "短"}, "单位名称"),
        ({"kind": "1"}, "有效"),
        ({"code": "000000x"}, "验证码"),
        ({"password": "Ab1!", "again": "Ab1!"}, "至少 8 位"),
        ({"consent": ""}, "同意"),
    ],
)
def test_bad_registration_is_one_clear_sentence(code, changes, said):
    response = Client().post("/register/enterprise/", form(code) | changes)
    assert response.status_code == 422
    alerts = "".join(re.findall(r'role="alert">(.*?)</div>', response.content.decode(), re.S))
    assert said in alerts
    assert not Account.objects.filter(username="xugou-firm").exists()


def test_same_firm_cannot_register_twice(code):
    testing.make_enterprise()
    existing = Account.objects.get(kind="enterprise").enterprise.uscc
    response = Client().post("/register/enterprise/", form(code, uscc=existing))
    assert response.status_code == 422
    assert "已经注册过" in response.content.decode()


@pytest.fixture
def agency():
    firm, clerk = testing.make_enterprise(), testing.make_citizen("测试乙")
    until = timezone.localdate() + timedelta(days=9)
    row = services.authorize_agent(firm, selectors.applicant(clerk.account_id).id_no, [], until, name=clerk.name)
    return row, firm, clerk


def browser(actor):
    client = Client()
    client.post("/login/", {"username": actor.username, "password": testing.PASSWORD})
    return client


def stamped(agency):
    return f"/account/agents/{agency.pk}/letter/stamped/"


def send(actor, row, content=PDF, name="盖章.pdf"):
    return browser(actor).post(stamped(row), {"file": SimpleUploadedFile(name, content)})


def test_stamped_letter_is_uploaded_by_the_firm_and_seen_by_both(agency):
    row, firm, clerk = agency
    assert browser(firm).get(stamped(row)).status_code == 404
    assert send(firm, row).status_code == 302
    for party in (firm, clerk):
        assert browser(party).get(stamped(row)).content == PDF
    assert "下载已上传的盖章件" in browser(clerk).get(f"/account/agents/{row.pk}/letter/").content.decode()


def test_nobody_else_touches_the_stamped_letter(agency):
    row, _, clerk = agency
    assert send(clerk, row).status_code == 403
    for other in (testing.make_enterprise(), testing.make_citizen("测试丙")):
        assert send(other, row).status_code == 404
        assert browser(other).get(stamped(row)).status_code == 404
    assert Agency.objects.get(pk=row.pk).letter_file is None


@pytest.mark.parametrize(("content", "name"), [(b"", "a.pdf"), (b"MZ\x90", "a.pdf"), (PDF, "a.exe")])
def test_bad_stamped_file_is_refused(agency, content, name):
    row, firm, _ = agency
    assert send(firm, row, content, name).status_code == 422
    assert Agency.objects.get(pk=row.pk).letter_file is None


def test_a_revoked_letter_is_closed(agency):
    row, firm, _ = agency
    services.revoke_agent(row.pk, actor=firm)
    assert send(firm, row).status_code == 422
