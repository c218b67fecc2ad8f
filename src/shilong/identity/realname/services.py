"""提升实名等级。每次都记一条核验记录，并由账号服务更新当前等级。"""

from django.conf import settings
from django.db import transaction

from shilong.foundation.audit import services as audit
from shilong.foundation.codes import checks
from shilong.foundation.refusals import NotAllowed, Refused
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts import services as account_services
from shilong.identity.realname import rules
from shilong.identity.realname.models import Verification
from shilong.identity.roles.actor import Actor, Role, require


class LevelTooLow(NotAllowed):
    """实名等级不够。"""

    code = "realname_level_too_low"
    message = "这项业务要求实名等级达到“{wanted}”，您现在是“{current}”。可在“账号—实名认证”提升，或到政务服务大厅窗口面核。"


class VerifyAtCounter(Refused):
    code = "verify_at_counter"
    message = "本系统尚未接通线上实名核验。请用统一身份认证登录，或带身份证到政务服务大厅窗口面核。"


class IdMismatch(Refused):
    code = "id_mismatch"
    message = "出示的证件与账号登记的不一致，不能通过面核。"


def require_level(actor: Actor, level: int) -> None:
    """要求操作人的实名等级不低于 `level`（0–4）。异常：`LevelTooLow`。"""
    if actor.realname_level < level:
        raise LevelTooLow(wanted=rules.LEVELS[level], current=rules.LEVELS[actor.realname_level])


def verify_online(*, actor: Actor) -> int:
    """线上核验本人姓名与证件号（单位核验信用代码与法定代表人证件号），通过则升到 1 级；返回新等级。

    演示与测试模式只做证件规则校验；生产模式没有接通核验源时不给等级（`VerifyAtCounter`），不以格式正确冒充核验。
    """
    require(actor, Role.APPLICANT)
    if settings.MODE == "production":
        raise VerifyAtCounter
    profile = accounts.applicant(actor.account_id or 0)
    if profile.id_type == "111":
        checks.check_idcard(profile.id_no)
    elif profile.id_type == "001":
        checks.check_uscc(profile.id_no)
        checks.check_idcard(profile.legal_id_no)
    return _raise(actor.account_id or 0, 1, "rules", actor=actor)


def verify_at_counter(account_id: int, id_no: str, *, actor: Actor) -> int:
    """窗口面核：核对本人与证件原件后升到 3 级。由窗口人员执行，不能给自己核。

    异常：`NotAllowed` 不是窗口人员；`IdMismatch` 证件号与登记不一致。
    """
    require(actor, Role.WINDOW)
    profile = accounts.applicant(account_id)
    if profile.id_no.upper() != id_no.strip().upper():
        audit.record("realname.verify", actor=actor, object_type="account", object_id=str(account_id), result="refused")
        raise IdMismatch
    return _raise(account_id, 3, "counter", actor=actor)


def accept_external(account_id: int, level: int, *, actor: Actor, note: str) -> int:
    """采用统一身份认证给出的等级；只升不降。"""
    return _raise(account_id, level, "oidc", actor=actor, note=note)


def _raise(account_id: int, level: int, method: str, *, actor: Actor, note: str = "") -> int:
    with transaction.atomic():
        before = account_services.raise_level(account_id, level)
        if level > before:
            Verification.objects.create(
                account_id=account_id, before=before, level=level, method=method, operator_id=actor.account_id, note=note[:200]
            )
            detail = {"before": before, "after": level, "method": method}
            audit.record("realname.verify", actor=actor, object_type="account", object_id=str(account_id), detail=detail)
    return max(before, level)
