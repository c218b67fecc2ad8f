"""给全项目测试与演示数据用：真实引擎的一行写法。`submit_case` 造一件，`drive` 走若干步。"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from shilong.identity.roles.actor import Actor, Role, Scope
from shilong.service.cases import selectors, services
from shilong.service.cases.models import Case
from shilong.service.cases.rules import Action
from shilong.service.cases.selectors import CaseView
from shilong.service.cases.services import MaterialInput, SubmitCommand
from shilong.service.catalog import rules as catalog_rules
from shilong.service.catalog import selectors as catalog
from shilong.service.forms import rules as form_rules
from shilong.service.forms import selectors as forms

CLERK = Actor(900001, "测试窗口", "t-window", frozenset({Role.WINDOW}), "zwzx", Scope.DISTRICT)
OFFICER = Actor(900002, "测试审批", "t-officer", frozenset({Role.OFFICER}), "", Scope.DISTRICT)
LEADER = Actor(900003, "测试负责人", "t-leader", frozenset({Role.LEADER}), "", Scope.DISTRICT)
BUREAU = Actor(900004, "测试监察", "t-bureau", frozenset({Role.BUREAU}), "", Scope.DISTRICT)

_SAMPLES: dict[str, Any] = {
    "number": 1,
    "date": "2026-01-05",
    "idcard": "410404190001010010",
    "uscc": "91410404TTTT1001XL",
    "mobile": "13000000001",
}
_PATTERNED = ("6200000000000000", "410404", "2026", "467400", "0375-0000101", "A1234567", "13000000001", "1", "abc")
_DEFAULTS: dict[Action, dict[str, Any]] = {
    Action.REJECT: {"ground": "not_qualified", "reason": "不符合受理条件"},
    Action.SUPPLEMENT: {"items": [{"material": "申请表", "problem": "未签字", "basis": "《行政许可法》第三十一条"}]},
    Action.RESUBMIT: {"opinion": "已补正"},
    Action.REVIEW: {"result": "agree", "opinion": "符合条件"},
    Action.DECIDE: {"result": "grant", "opinion": "符合法定条件"},
    Action.DELIVER: {"way": "1", "receiver": "本人"},
    Action.START_SPECIAL: {"kind": "hearing", "reason": "涉及他人重大利益", "days": 20},
    Action.END_SPECIAL: {"result": "已完成", "inspectors": ["甲", "乙"]},
    Action.EXTEND: {"reason": "情况复杂", "days": 10},
    Action.SUSPEND: {"reason": "等待司法结论", "basis": "《工伤保险条例》第二十条"},
    Action.RESUME: {"reason": "中止事由消除"},
    Action.TERMINATE: {"reason": "申请人死亡", "basis": "《行政许可法》第七十条"},
    Action.REFUSE: {"opinion": "理由不充分"},
    Action.RETURN_ROUND: {"reason": "请核实后重新审查"},
    Action.TRANSFER: {"reason": "不属本机关职权", "apply_to": "市级主管部门"},
}


def sample_value(field: Mapping[str, Any]) -> Any:
    """一个合规的字段值。"""
    kind = field.get("type")
    options = [o.get("value") if isinstance(o, Mapping) else o for o in field.get("options") or []]
    if kind in ("radio", "select"):
        return options[0]
    if kind == "checks":
        return options[: int(field.get("min") or 1)]
    if kind == "rows":
        return [{sub["key"]: sample_value(sub) for sub in field.get("fields", [])}]
    if kind == "number":
        return field.get("min") or 1
    if kind == "date" and field.get("min"):
        return str(timezone.localdate() + timedelta(days=365)) if field["min"] == "today" else str(field["min"])
    if field.get("pattern"):
        return next((value for value in _PATTERNED if re.fullmatch(field["pattern"], value)), "")
    return _SAMPLES.get(str(kind), "测试内容")


def sample_form(item_code: str) -> dict[str, Any]:
    """按事项的表单定义填一份合规的申请表：哪项报缺就填哪项，条件显示的项也会填到。"""
    item = catalog.item(item_code)
    definition = forms.definition(item.form_code, item.form_version)
    fields = {f["key"]: f for section in definition["sections"] for f in section["fields"]}
    data: dict[str, Any] = {}
    for _ in range(6):
        errors = form_rules.validate(definition, data)[1]
        missing = {path.split(".")[0] for path in errors} & set(fields)
        if not missing:
            break
        data |= {key: sample_value(fields[key]) for key in missing}
    return data


def submit_case(
    item_code: str,
    *,
    actor: Actor,
    form: dict[str, Any] | None = None,
    file_ids: list[str] | None = None,
    materials: list[MaterialInput] | None = None,
    situation: dict[str, Any] | None = None,
    **command: Any,
) -> CaseView:
    """提交一件：没给的申请表按定义填样例，没给的材料用 `file_ids`（须是提交人上传的）。"""
    item = catalog.item(item_code)
    if materials is None:
        needed = catalog_rules.trim(item, situation or {}).materials
        ids = list(file_ids or [])
        materials = [MaterialInput(one.code, ids) for one in needed if one.need in ("1", "3") and not one.generated]
    return services.submit(
        SubmitCommand(
            item_code=item_code,
            form=sample_form(item_code) if form is None else form,
            materials=materials,
            situation=situation or {},
            **command,
        ),
        actor=actor,
    )


def drive(case_no: str, *steps: Any, actor: Actor | None = None) -> CaseView:
    """依次执行动作。每一步写动作名，或 `(动作, 内容)`，或 `(动作, 内容, 操作人)`；没给的用默认内容与岗位。"""
    view: CaseView | None = None
    for step in steps:
        action, payload, who = (*step, None, None)[:3] if isinstance(step, tuple) else (step, None, None)
        name = Action(action)
        case = Case.objects.get(case_no=case_no)
        view = services.act(
            case_no,
            name,
            actor=who or actor or _actor_for(name, case),
            expected_version=case.version,
            payload=_DEFAULTS.get(name, {}) if payload is None else payload,
        )
    return view or selectors.case(case_no, actor=OFFICER)


def _actor_for(action: Action, case: Case) -> Actor:
    if action in (Action.RECEIVE, Action.ACCEPT, Action.SUPPLEMENT, Action.REJECT, Action.DELIVER, Action.ARCHIVE):
        return CLERK
    if action in (Action.APPROVE, Action.REFUSE):
        return LEADER
    if action in (Action.RESUBMIT, Action.WITHDRAW, Action.LATE_SUPPLEMENT):
        return Actor(case.account_id, case.applicant_name, roles=frozenset({Role.APPLICANT}))
    if action is Action.DECIDE and (case.plan.get("decision") or {}).get("role") == Role.LEADER:
        return LEADER
    return OFFICER


__all__ = ["BUREAU", "CLERK", "LEADER", "OFFICER", "drive", "sample_form", "submit_case"]
