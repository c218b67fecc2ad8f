"""法人授权经办人：授予、撤销、切换身份。"""

from datetime import date

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.codes import checks
from shilong.foundation.files import selectors as files
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import Invalid, NotAllowed, NotFound
from shilong.identity.accounts import rules, selectors, sessions
from shilong.identity.accounts.models import Account, Agency, Kind
from shilong.identity.accounts.refusals import AgencyEnded, AgencyExists, NotAnAgent
from shilong.identity.roles.actor import Actor, Role, require


def authorize_agent(
    enterprise_actor: Actor,
    person_idno: str,
    scope: list[str],
    until: date,
    *,
    name: str,
    letter_file: str | None = None,
) -> Agency:
    """法人账号授权一名经办人。`scope` 为部门键或业务办理项编码的列表，空表示全部；`until` 含当日，最长三年。

    只有法人账号本人能授权：经办人不能转授权。

    异常：
        NotAllowed: 操作人不是法人账号。
        Invalid: 期限不合理。AgencyExists: 已有有效授权。
    """
    enterprise = _enterprise(enterprise_actor)
    name = checks.check_person_name(name)
    id_no = checks.check_idcard(person_idno)
    today = timezone.localdate()
    if until < today or until - today > rules.AGENCY_MAX:
        raise Invalid("授权期限应在今天之后、三年之内。", fields={"until": "期限应在今天之后、三年之内"})
    try:
        with transaction.atomic():
            agency = Agency.objects.create(
                enterprise=enterprise,
                agent_name=name,
                agent_id_no=id_no,
                agent_index=blind_index(id_no),
                scope=sorted(set(scope)),
                valid_from=today,
                valid_until=until,
                letter_file=letter_file,
                created_by_id=enterprise.pk,
            )
            detail = {"agency": agency.pk, "scope": agency.scope, "until": until.isoformat()}
            audit.record("agency.grant", actor=enterprise_actor, object_type="account", object_id=str(enterprise.pk), detail=detail)
    except IntegrityError as error:
        raise AgencyExists from error
    return agency


def revoke_agent(agency_id: int, *, actor: Actor, reason: str = "") -> None:
    """撤销授权，立即生效：经办人正在进行的代理会话下一次请求就回到本人身份。

    异常：
        NotFound: 不是自己给出的授权（不透露是否存在）。AgencyEnded: 已撤销。
    """
    enterprise = _enterprise(actor)
    with transaction.atomic():
        agency = Agency.objects.select_for_update().filter(pk=agency_id, enterprise=enterprise).first()
        if agency is None:
            raise NotFound("没有找到这份授权。")
        if agency.revoked_at is not None:
            raise AgencyEnded
        agency.revoked_at, agency.revoked_by_id, agency.revoke_reason = timezone.now(), actor.account_id, reason.strip()[:200]
        agency.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
        audit.record("agency.revoke", actor=actor, object_type="account", object_id=str(enterprise.pk), detail={"agency": agency.pk})


def attach_letter(agency_id: int, file_id: object, *, actor: Actor) -> None:
    """上传盖了章的授权书（替换原来的）。只有给出授权的法人能传，文件须是它自己上传的。

    异常：
        NotFound: 不是自己给出的授权。FileNotFound: 文件不存在或不是自己上传的。AgencyEnded: 已撤销。
    """
    enterprise = _enterprise(actor)
    stored = files.owned(file_id, actor.account_id)
    with transaction.atomic():
        agency = Agency.objects.select_for_update().filter(pk=agency_id, enterprise=enterprise).first()
        if agency is None:
            raise NotFound("没有找到这份授权。")
        if agency.revoked_at is not None:
            raise AgencyEnded
        agency.letter_file = stored.pk
        agency.save(update_fields=["letter_file"])
        detail = {"agency": agency.pk, "file": str(stored.pk)}
        audit.record("agency.letter", actor=actor, object_type="account", object_id=str(enterprise.pk), detail=detail)


def act_for(request: HttpRequest, enterprise_id: int, *, actor: Actor) -> None:
    """经办人切换到代理某法人办事；之后 `actor.agent_for` 是该法人账号。异常：`NotAnAgent`。"""
    require(actor, Role.APPLICANT)
    if enterprise_id not in {key for key, _ in selectors.principals(actor.account_id or 0)}:
        raise NotAnAgent
    with transaction.atomic():
        audit.record("agency.act", actor=actor, object_type="account", object_id=str(enterprise_id))
        request.session[sessions.AGENT_FOR] = enterprise_id


def stop_acting(request: HttpRequest, *, actor: Actor) -> None:
    """回到本人身份。"""
    if request.session.pop(sessions.AGENT_FOR, None) is not None:
        audit.record("agency.stop", actor=actor, object_type="account", object_id=str(actor.agent_for or ""))


def _enterprise(actor: Actor) -> Account:
    require(actor, Role.APPLICANT)
    account = Account.objects.filter(pk=actor.account_id or 0, kind=Kind.ENTERPRISE).first()
    if account is None:
        raise NotAllowed("授权经办人须由法人账号登录后办理。")
    return account
