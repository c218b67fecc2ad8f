"""本人修改密码、手机、住址。"""

from django.db import transaction

from shilong.foundation.audit import services as audit
from shilong.foundation.codes import checks
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import Refused
from shilong.identity.accounts import passwords, sessions
from shilong.identity.accounts.models import Account, Kind, OtpDevice, Person, Token
from shilong.identity.accounts.refusals import AlreadyRegistered, WeakPassword, WrongOldPassword
from shilong.identity.accounts.services.signin import verify_code
from shilong.identity.roles.actor import Actor


def change_password(account_id: int, old: str, new: str, *, ip: str = "", keep_session: str = "") -> Account:
    """改密：核对原密码、策略、历史；其他会话与全部令牌随即失效。

    异常：`WrongOldPassword`、`WeakPassword`。
    """
    account = Account.objects.get(pk=account_id, is_active=True)
    actor = Actor(account_id=account.pk, name=account.name, username=account.username, ip=ip)
    if not account.check_password(old):
        audit.record("password.change", actor=actor, object_type="account", object_id=str(account.pk), result="refused")
        raise WrongOldPassword(fields={"old": WrongOldPassword.message})
    if old == new:
        raise WeakPassword("新密码不能与原密码相同。", fields={"new": "新密码不能与原密码相同。"})
    passwords.check(new, account, field="new")
    with transaction.atomic():
        passwords.store(account, new)
        Token.objects.filter(account=account).delete()
        sessions.kick_all(account.pk, reason="密码已修改", keep=keep_session)
        audit.record("password.change", actor=actor, object_type="account", object_id=str(account.pk))
    return account


def change_mobile(mobile: str, code: str, *, actor: Actor) -> None:
    """换手机号：新号须收到验证码。"""
    mobile = checks.check_mobile(mobile)
    index = blind_index(mobile)
    account = Account.objects.get(pk=actor.account_id or 0)
    if account.kind == Kind.PERSON and Account.objects.filter(kind=Kind.PERSON, mobile_index=index).exclude(pk=account.pk).exists():
        raise AlreadyRegistered(what="这个手机号")
    verify_code(mobile, code, purpose="mobile")
    with transaction.atomic():
        account.mobile, account.mobile_index = mobile, index
        account.save(update_fields=["mobile", "mobile_index"])
        audit.record("account.mobile", actor=actor, object_type="account", object_id=str(account.pk))


def set_address(address: str, *, actor: Actor) -> None:
    """修改本人住址（申报时预填）。"""
    text = address.strip()
    if len(text) > 200:
        raise Refused("住址最多 200 个字。")
    with transaction.atomic():
        person = Person.objects.filter(pk=actor.account_id).first()
        if person is None:
            raise Refused("只有个人账号可以维护住址。")
        person.address = text
        person.save(update_fields=["address"])
        audit.record("account.address", actor=actor, object_type="account", object_id=str(actor.account_id))


def disown(account: Account, *, ip: str = "") -> None:
    """收回一个没核验过的账号：密码、手机、住址、动态口令、会话、令牌全部作废，只留姓名与证件号。须在事务里。"""
    account.set_unusable_password()
    account.mobile = account.mobile_index = ""
    account.save(update_fields=["password", "mobile", "mobile_index"])
    Person.objects.filter(pk=account.pk).update(address="")
    OtpDevice.objects.filter(user_id=account.pk).delete()
    Token.objects.filter(account=account).delete()
    sessions.kick_all(account.pk, reason="账号归核验过的本人")
    actor = Actor(account_id=account.pk, name=account.name, username=account.username, ip=ip)
    audit.record("account.disown", actor=actor, object_type="account", object_id=str(account.pk))


def raise_level(account_id: int, level: int) -> int:
    """提升实名等级（只升不降），返回原等级；由 `realname.services` 调用并留核验记录。"""
    account = Account.objects.select_for_update().get(pk=account_id)
    before = account.realname_level
    if level > before:
        account.realname_level = level
        account.save(update_fields=["realname_level"])
    return before
