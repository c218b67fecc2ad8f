"""改变办件的唯一入口。"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from shilong.identity.roles.actor import Actor
from shilong.service.cases import clock, permissions, rules
from shilong.service.cases.models import Case
from shilong.service.cases.refusals import CaseChanged, CaseNotFound, PayloadInvalid, UnknownAction
from shilong.service.cases.rules import ACTION_NAMES, Action
from shilong.service.cases.selectors.views import CaseView
from shilong.service.cases.services import clockwork, journal
from shilong.service.cases.services.handlers import HANDLERS
from shilong.service.cases.services.work import Work

Payload = Mapping[str, Any]


def act(case_no: str, action: Action | str, *, actor: Actor, expected_version: int, payload: Payload | None = None) -> CaseView:
    """对办件执行一个动作；这是改变办件的唯一入口。

    在一个事务里写：办件投影、时钟账本、履历、发件箱、审计、文书登记。外部系统由事件在提交之后触发，不在这里调用。

    参数：
        action: `rules.Action`，或其字符串值。
        expected_version: 页面上看到的版本；有人先动过就拒绝。
        payload: 动作内容，各动作要什么见 `CaseView.actions[].fields`。

    异常：
        CaseNotFound: 没有这件办件（404）。
        NotAllowed: 这个人不能做这件事（403）。
        CaseChanged: 页面上的办件已被别人改过（409）。
        Refused 的子类: 规则不允许，消息可直接给人看（422）。
    """
    step = _action(action)
    if payload is not None and not isinstance(payload, Mapping):
        raise PayloadInvalid
    now = clock.now()
    with transaction.atomic():
        case = _locked(case_no)
        permissions.require_readable(actor, case)
        permissions.require_role(actor, step)
        if case.version != expected_version:
            raise _changed(case)
        row = rules.transition(case.state, step)
        permissions.require_transition(actor, row, case)
        work = Work(case, actor, payload or {}, now, row)
        HANDLERS[step](work)
        clockwork.apply(work)
        journal.commit(work)
    return CaseView(case, actor)


def _action(value: Action | str) -> Action:
    try:
        action = Action(value)
    except ValueError:
        raise UnknownAction from None
    if action not in HANDLERS:
        raise UnknownAction
    return action


def _locked(case_no: str) -> Case:
    case = Case.objects.select_for_update().filter(case_no=case_no).first()
    if case is None:
        raise CaseNotFound
    return case


def _changed(case: Case) -> CaseChanged:
    last = case.history.order_by("-seq").values_list("actor_name", "action").first() or ("其他人", "submit")
    return CaseChanged(who=last[0], action=ACTION_NAMES[Action(last[1])])
