"""登录：密码、锁定、短信、动态口令、强制改密、会话、令牌。"""

from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP

from shilong.foundation.refusals import NotAllowed, NotFound, Refused
from shilong.identity import testing
from shilong.identity.accounts import selectors, services, sessions
from shilong.identity.accounts.models import Account, LoginCode, OtpDevice, SignIn, new_otp_key
from shilong.identity.accounts.refusals import AccountLocked, BadCredentials, CodeDailyLimit, CodeTooSoon, WeakPassword, WrongCode
from shilong.identity.roles.actor import SYSTEM, Role

pytestmark = [pytest.mark.django_db, pytest.mark.req("P29", "W05")]

IP = "10.1.2.3"


def login(client, username, password=testing.PASSWORD, **extra):
    return client.post("/login/", {"username": username, "password": password, **extra})


def otp_now(account_id, confirmed=True):
    device = OtpDevice.objects.get(user_id=account_id, confirmed=confirmed)
    return f"{TOTP(device.bin_key).token():06d}"


def bind_otp(actor):
    OtpDevice.objects.create(user_id=actor.account_id, confirmed=True, name="x", key=new_otp_key())
    return actor


@pytest.mark.parametrize(("role", "home"), [(Role.WINDOW, "/window/"), (Role.OFFICER, "/office/"), (Role.AUDITOR, "/console/")])
def test_staff_land_on_their_bench(role, home, audited):
    actor = testing.make_staff(role)
    assert login(Client(), actor.username)["Location"] == home
    assert ("login", actor.account_id, str(actor.account_id), "ok") in audited


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/login/", "/logout/\n"])
def test_next_never_leaves_the_site(target):
    location = login(Client(), testing.make_citizen().username, next=target)["Location"]
    assert location in ("/", "/logout/%0A")


def test_next_returns_to_where_one_was():
    assert login(Client(), testing.make_citizen().username, next="/me/cases/?page=2")["Location"] == "/me/cases/?page=2"


def test_mobile_works_as_login_name():
    citizen = testing.make_citizen()
    assert services.check_password(selectors.applicant(citizen.account_id).mobile, testing.PASSWORD, IP).pk == citizen.account_id


def test_unknown_wrong_and_disabled_say_the_same():
    """不能试出谁注册过。"""
    citizen, gone = testing.make_citizen(), testing.make_citizen()
    Account.objects.filter(pk=gone.account_id).update(is_active=False)
    texts = set()
    for username, password in ((citizen.username, "bad"), ("nobody", "bad"), (gone.username, testing.PASSWORD)):
        with pytest.raises(BadCredentials) as refusal:
            services.check_password(username, password, IP)
        texts.add(refusal.value.text)
    assert len(texts) == 1


def test_five_failures_lock_user_and_address_and_say_how_long(audited):
    citizen = testing.make_citizen()
    for _ in range(4):
        with pytest.raises(BadCredentials):
            services.check_password(citizen.username, "bad", IP)
    with pytest.raises(AccountLocked, match="15 分钟"):
        services.check_password(citizen.username, "bad", IP)
    with pytest.raises(AccountLocked):
        services.check_password(citizen.username, testing.PASSWORD, IP)
    assert services.check_password(citizen.username, testing.PASSWORD, "10.9.9.9").pk == citizen.account_id
    assert [line[0] for line in audited if line[0] == "login.failed"] == ["login.failed"] * 5
    assert not AccessAttempt.objects.filter(post_data__contains="bad").exists()


def test_lock_opens_after_fifteen_minutes():
    citizen = testing.make_citizen()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(5):
            with pytest.raises(Refused):
                services.check_password(citizen.username, "bad", IP)
        clock.shift(timedelta(minutes=10))
        with pytest.raises(AccountLocked, match="5 分钟"):
            services.check_password(citizen.username, testing.PASSWORD, IP)
        clock.shift(timedelta(minutes=6))
        assert services.check_password(citizen.username, testing.PASSWORD, IP)


def test_success_clears_failures():
    citizen = testing.make_citizen()
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(BadCredentials):
                services.check_password(citizen.username, "bad", IP)
        services.check_password(citizen.username, testing.PASSWORD, IP)


def test_page_shows_lock_message():
    citizen, client = testing.make_citizen(), Client()
    for _ in range(4):
        login(client, citizen.username, "bad")
    response = login(client, citizen.username, "bad")
    assert response.status_code == 422
    assert "分钟后再试" in response.content.decode()


def test_forged_forwarded_header_does_not_dodge_the_lock(settings):
    """直连方不是本机代理时，X-Forwarded-For 一概不看。"""
    citizen, client = testing.make_citizen(), Client(REMOTE_ADDR="203.0.113.9")
    for index in range(5):
        client.post("/login/", {"username": citizen.username, "password": "bad"}, headers={"x-forwarded-for": f"10.0.0.{index}"})
    response = client.post(
        "/login/", {"username": citizen.username, "password": testing.PASSWORD}, headers={"x-forwarded-for": "10.0.0.99"}
    )
    assert response.status_code == 422


def test_sms_login(sent):
    citizen = testing.make_citizen()
    mobile = selectors.applicant(citizen.account_id).mobile
    services.send_code(mobile, IP)
    template, context, to = sent[0]
    assert (template, to, len(context["code"])) == ("login_code", mobile, 6)
    assert LoginCode.objects.get().digest != context["code"]
    response = Client().post("/login/", {"way": "code", "mobile": mobile, "code": context["code"]})
    assert response["Location"] == "/"
    with pytest.raises(WrongCode):
        services.sign_in_by_code(mobile, context["code"], IP)


def test_sms_to_unregistered_number_looks_the_same_but_sends_nothing(sent):
    services.send_code("13000000099", IP)
    assert sent == []
    with pytest.raises(CodeTooSoon):
        services.send_code("13000000099", IP)


def test_sms_code_limits(sent):
    mobile = selectors.applicant(testing.make_citizen().account_id).mobile
    with time_machine.travel(timezone.localtime().replace(hour=9), tick=False) as clock:
        for _ in range(10):
            services.send_code(mobile, IP)
            with pytest.raises(CodeTooSoon, match="60 秒"):
                services.send_code(mobile, IP)
            clock.shift(timedelta(seconds=61))
        with pytest.raises(CodeDailyLimit):
            services.send_code(mobile, IP)
        clock.shift(timedelta(days=1))
        services.send_code(mobile, IP)
    assert len(sent) == 11


def test_sms_code_expires_and_dies_after_five_guesses(sent):
    mobile = selectors.applicant(testing.make_citizen().account_id).mobile
    with time_machine.travel(timezone.now(), tick=False) as clock:
        services.send_code(mobile, IP)
        clock.shift(timedelta(minutes=5))
        with pytest.raises(WrongCode):
            services.sign_in_by_code(mobile, sent[-1][1]["code"], IP)
        services.send_code(mobile, IP)
        for _ in range(5):
            with pytest.raises(WrongCode):
                services.sign_in_by_code(mobile, "x", IP)
        with pytest.raises(WrongCode):
            services.sign_in_by_code(mobile, sent[-1][1]["code"], IP)


def test_register_then_apply_for_realname(sent):
    client = Client()
    client.post("/register/code/", {"mobile": "13000000001"})
    form = {
        "name": "测试丁",
        "id_no": "410404190001010045",
        "mobile": "13000000001",
        "code": sent[0][1]["code"],
        "username": "ceshiding",
        "password": testing.PASSWORD,
        "again": testing.PASSWORD,
        "consent": "on",
    }
    assert client.post("/register/", form | {"again": "x"}).status_code == 422
    assert client.post("/register/", {**form, "consent": ""}).status_code == 422
    weak = {"password": "weak", "again": "weak"}
    assert client.post("/register/", form | weak).status_code == 422
    assert client.post("/register/", form)["Location"] == "/account/realname/"
    account = Account.objects.get(username="ceshiding")
    assert account.realname_level == 0
    client.post("/account/realname/")
    account.refresh_from_db()
    assert account.realname_level == 1


def test_bound_otp_is_required_and_gives_nothing_before(settings):
    actor, client = bind_otp(testing.make_staff(Role.WINDOW)), Client()
    assert login(client, actor.username)["Location"] == "/login/otp/"
    assert client.get("/account/")["Location"].startswith("/login/")
    assert client.post("/login/otp/", {"code": "000000"}).status_code == 422
    OtpDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post("/login/otp/", {"code": otp_now(actor.account_id)})["Location"] == "/window/"
    assert client.get("/account/").status_code == 200


def test_otp_code_works_once():
    actor = bind_otp(testing.make_staff(Role.WINDOW))
    code = otp_now(actor.account_id)
    services.issue_token(actor.username, testing.PASSWORD, IP, otp_code=code)
    with pytest.raises(Refused):
        services.issue_token(actor.username, testing.PASSWORD, IP, otp_code=code)


def test_production_forces_staff_to_bind_first(settings):
    settings.MODE = "production"
    actor, client = testing.make_staff(Role.WINDOW), Client()
    assert login(client, actor.username)["Location"] == "/login/bind/"
    assert client.get("/window/").status_code in (302, 404)
    page = client.get("/login/bind/").content.decode()
    assert "data:image/png" in page
    assert client.post("/login/bind/", {"code": otp_now(actor.account_id, confirmed=False)})["Location"] == "/window/"
    with pytest.raises(Refused):
        services.issue_token(actor.username, testing.PASSWORD, IP)


def test_production_leaves_citizens_alone(settings):
    settings.MODE = "production"
    assert login(Client(), testing.make_citizen().username)["Location"] == "/"


def test_expired_staff_password_must_change_before_entry():
    actor, client = testing.make_staff(Role.WINDOW), Client()
    Account.objects.filter(pk=actor.account_id).update(password_changed_at=timezone.now() - timedelta(days=90))
    assert login(client, actor.username)["Location"] == "/login/password/"
    assert client.get("/account/").status_code == 302
    form = {"old": testing.PASSWORD, "new": "Brand-New-2026", "again": "Brand-New-2026"}
    assert client.post("/login/password/", form)["Location"] == "/window/"
    assert client.get("/account/").status_code == 200


def test_password_expiry_reminder():
    actor, client = testing.make_staff(Role.WINDOW), Client()
    Account.objects.filter(pk=actor.account_id).update(password_changed_at=timezone.now() - timedelta(days=85))
    login(client, actor.username)
    assert "天到期" in client.get("/account/").content.decode()


def test_pending_step_expires(settings):
    actor, client = bind_otp(testing.make_staff(Role.WINDOW)), Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        login(client, actor.username)
        clock.shift(timedelta(minutes=11))
        assert client.post("/login/otp/", {"code": otp_now(actor.account_id)})["Location"].startswith("/login/")


@pytest.mark.parametrize("password", ["Ab1!", "alllowercase1", "12345678", "password", "ABCDEFGH1"])
def test_weak_passwords(password):
    with pytest.raises(WeakPassword):
        services.create_person("weakone", password, "测试戊", "410404190001010117", "13000000002")


def test_last_five_passwords_cannot_return():
    citizen = testing.make_citizen()
    history = [testing.PASSWORD, *(f"Rotate-2026-{index}x" for index in range(5))]
    for old, new in pairwise(history):
        services.change_password(citizen.account_id, old, new)
    with pytest.raises(WeakPassword, match="最近 5 次"):
        services.change_password(citizen.account_id, history[-1], history[1])
    services.change_password(citizen.account_id, history[-1], testing.PASSWORD)


def test_passwords_of_the_three_administrators_are_not_for_the_system_admin():
    admin = testing.make_staff(Role.SYSADMIN, username="sys1")
    for role in (Role.SECADMIN, Role.AUDITOR):
        other = testing.make_staff(role, username=f"three-{role.value}")
        before = Account.objects.get(pk=other.account_id).password
        with pytest.raises(NotAllowed, match="三员"):
            services.reset_password(other.account_id, actor=admin)
        assert Account.objects.get(pk=other.account_id).password == before
        assert services.reset_password(other.account_id, actor=SYSTEM)


def test_reset_password_is_for_system_admin_and_forces_change():
    admin, window = testing.make_staff(Role.SYSADMIN), testing.make_staff(Role.WINDOW)
    with pytest.raises(NotAllowed):
        services.reset_password(admin.account_id, actor=window)
    with pytest.raises(NotAllowed, match="自己"):
        services.reset_password(admin.account_id, actor=admin)
    temporary = services.reset_password(window.account_id, actor=admin)
    assert login(Client(), window.username, temporary)["Location"] == "/login/password/"


def test_session_slides_and_times_out():
    citizen, client = testing.make_citizen(), Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        login(client, citizen.username)
        for _ in range(3):
            clock.shift(timedelta(minutes=20))
            assert client.get("/account/").status_code == 200
        clock.shift(timedelta(minutes=31))
        assert client.get("/account/").status_code == 302
        assert sessions.active(citizen.account_id) == []


def test_session_key_changes_at_login():
    citizen, client = testing.make_citizen(), Client()
    client.get("/login/oidc/callback/")
    before = client.session.session_key
    login(client, citizen.username)
    assert client.session.session_key != before


def test_kick_own_other_device_but_not_others():
    citizen, stranger = testing.make_citizen(), testing.make_citizen()
    here, there = Client(), Client()
    login(here, citizen.username)
    login(there, citizen.username)
    other = SignIn.objects.get(session_key=there.session.session_key)
    with pytest.raises(NotAllowed):
        sessions.kick(other.pk, actor=stranger)
    assert there.get("/account/").status_code == 200
    here.post(f"/account/sessions/{other.pk}/kick/")
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    with pytest.raises(NotFound):
        sessions.kick(other.pk, actor=citizen)


@pytest.mark.parametrize(("role", "allowed"), [(Role.SYSADMIN, True), (Role.SECADMIN, True), (Role.AUDITOR, False), (Role.BUREAU, False)])
def test_admins_may_kick_anyone(role, allowed):
    client = Client()
    login(client, testing.make_citizen().username)
    row, admin = SignIn.objects.get(), testing.make_staff(role)
    if allowed:
        sessions.kick(row.pk, actor=admin)
    else:
        with pytest.raises(NotAllowed):
            sessions.kick(row.pk, actor=admin)
    assert client.get("/account/").status_code == (302 if allowed else 200)


def test_logout_clears_session_and_needs_post(audited):
    citizen, client = testing.make_citizen(), Client()
    login(client, citizen.username)
    assert client.get("/logout/").status_code == 200
    assert client.get("/account/").status_code == 200
    client.post("/logout/")
    assert client.get("/account/").status_code == 302
    assert SignIn.objects.get().ended_by == "退出"
    assert "logout" in [line[0] for line in audited]


def test_changing_password_keeps_this_device_only():
    citizen = testing.make_citizen()
    here, there = Client(), Client()
    login(here, citizen.username)
    login(there, citizen.username)
    form = {"old": testing.PASSWORD, "new": "Brand-New-2026", "again": "Brand-New-2026"}
    assert here.post("/account/password/", form)["Location"] == "/account/"
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_token_api_contract():
    citizen, client = testing.make_citizen(), Client()
    post = {"path": "/api/v1/auth/token", "content_type": "application/json"}
    body = client.post(data={"username": citizen.username, "password": testing.PASSWORD}, **post)
    assert body.status_code == 200
    assert set(body.json()) == {"token", "expires_at"}
    bad = client.post(data={"username": citizen.username, "password": "bad"}, **post)
    assert (bad.status_code, bad.json()["code"]) == (401, "bad_credentials")
    headers = {"authorization": f"Bearer {body.json()['token']}"}
    assert client.post("/api/v1/auth/revoke", headers=headers).json() == {"revoked": True}
    assert client.post("/api/v1/auth/revoke", headers=headers).status_code == 401


def test_token_api_counts_toward_lockout():
    citizen, client = testing.make_citizen(), Client()
    post = {"path": "/api/v1/auth/token", "content_type": "application/json"}
    statuses = [client.post(data={"username": citizen.username, "password": "bad"}, **post).status_code for _ in range(6)]
    assert statuses == [401, 401, 401, 401, 429, 429]


@pytest.mark.parametrize("typed", ["13912345678", "410404190001010010"])
def test_failed_sign_in_never_keeps_an_identity_number(typed, audited):
    with pytest.raises(BadCredentials):
        services.check_password(typed, "x", IP)
    kept = [row for row in audited if row[0] == "login.failed"]
    assert kept
    assert typed not in str(kept)
