"""库里没有明文：动态口令密钥、登录框里填的东西；旧库升级后也没有。"""

from importlib import import_module

import pytest
from axes.models import AccessAttempt, AccessLog
from django.apps import apps
from django.db import connection
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from shilong.foundation.refusals import Refused
from shilong.identity import testing
from shilong.identity.accounts import otp, services
from shilong.identity.accounts.models import Account
from shilong.identity.accounts.refusals import AccountLocked, BadCredentials
from shilong.identity.roles.actor import Role

pytestmark = [pytest.mark.django_db, pytest.mark.req("P29")]
migration = import_module("shilong.identity.accounts.migrations.0003_seal_credentials")
IP = "10.1.2.3"
ID_NO = "410404190001010117"


def dump(*tables):
    with connection.cursor() as cursor:
        rows = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            rows += cursor.fetchall()
    return repr(rows)


def test_totp_key_is_ciphertext_and_the_code_still_works():
    account = Account.objects.get(pk=testing.make_staff(Role.WINDOW).account_id)
    shown = otp.secret(account).replace(" ", "")
    key = otp.begin(account).bin_key
    otp.confirm(account, f"{TOTP(key).token():06d}")
    assert len(key) == 20
    stored = dump("otp_totp_totpdevice")
    assert key.hex() not in stored
    assert shown not in stored
    assert otp.bound(account)


def test_old_plain_keys_work_and_are_sealed_by_the_migration():
    account = Account.objects.get(pk=testing.make_staff(Role.WINDOW).account_id)
    old = TOTPDevice.objects.create(user_id=account.pk, confirmed=True, name="旧")
    plain = old.key
    migration.seal_keys(apps, None)
    migration.seal_keys(apps, None)
    assert plain not in dump("otp_totp_totpdevice")
    otp.verify(account, f"{TOTP(bytes.fromhex(plain)).token():06d}")


def test_what_was_typed_as_login_name_is_not_kept_and_the_lock_still_works():
    for _ in range(4):
        with pytest.raises(BadCredentials):
            services.check_password(ID_NO, "bad", IP)
    with pytest.raises(AccountLocked):
        services.check_password(ID_NO, "bad", IP)
    Client().post("/login/", {"username": "13900001111", "password": "bad"})
    assert AccessAttempt.objects.count() == 2
    stored = dump("axes_accessattempt", "axes_accesslog", "axes_accessfailurelog")
    assert ID_NO not in stored
    assert "13900001111" not in stored


def test_locking_is_per_name_and_address():
    citizen, other = testing.make_citizen(), testing.make_citizen()
    for _ in range(5):
        with pytest.raises(Refused):
            services.check_password(citizen.username, "bad", IP)
    assert services.check_password(other.username, testing.PASSWORD, IP)
    assert services.check_password(citizen.username, testing.PASSWORD, "10.9.9.9")
    with pytest.raises(AccountLocked):
        services.check_password(citizen.username.upper(), testing.PASSWORD, IP)


def test_successful_sign_in_leaves_no_name_in_axes():
    citizen = testing.make_citizen()
    Client().post("/login/", {"username": citizen.username, "password": testing.PASSWORD})
    assert citizen.username not in dump("axes_accessattempt", "axes_accesslog")


def test_old_axes_rows_lose_their_names():
    AccessLog.objects.create(username=ID_NO, ip_address=IP, path_info="/login/")
    AccessAttempt.objects.create(username=ID_NO, ip_address=IP, failures_since_start=1)
    migration.hide_names(apps, None)
    migration.hide_names(apps, None)
    assert ID_NO not in dump("axes_accessattempt", "axes_accesslog")
    assert AccessLog.objects.count() == 1
