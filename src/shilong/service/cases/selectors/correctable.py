"""一件办件可以更正哪些项、现在是什么值（P04）。返回明文，只给更正流程用；页面显示由它脱敏。"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shilong.foundation.codes import checks
from shilong.identity.roles.actor import Actor
from shilong.service.cases import permissions
from shilong.service.cases.models import Case
from shilong.service.cases.refusals import CaseNotFound, MustRecuse
from shilong.service.cases.rules.records import CORRECTABLE
from shilong.service.cases.selectors import formview
from shilong.service.cases.selectors.views import CHANNELS, CaseView
from shilong.service.forms import rules as form_rules

_PERSON = "1"
_CHECKS = {
    "idcard": checks.check_idcard,
    "uscc": checks.check_uscc,
    "mobile": checks.check_mobile,
    "name": checks.check_person_name,
}


@dataclass(frozen=True, slots=True)
class CorrectableField:
    """一项可更正的内容。`kind` 决定校验与脱敏：name idcard uscc mobile address select text 等。"""

    key: str
    label: str
    kind: str
    value: str
    choices: dict[str, str] = field(default_factory=dict)
    definition: Mapping[str, Any] = field(default_factory=dict)

    def check(self, new: str) -> str:
        """核对新值，返回规范写法。

        异常：
            Refused 的子类: 不合规，消息可直接给人看。
        """
        if self.definition:
            bare = {key: value for key, value in self.definition.items() if key != "show"}
            one = {"sections": [{"fields": [bare]}]}
            return str(form_rules.require_valid(one, {bare["key"]: new}).get(bare["key"], ""))
        if self.choices and new not in self.choices:
            raise checks.InvalidCode(f"请从列出的{self.label}里选择")
        check = _CHECKS.get(self.kind)
        return check(new) if check else new


def correctable(case_no: str, *, actor: Actor, lock: bool = False) -> tuple[CaseView, list[CorrectableField]]:
    """办件与可更正的项。

    参数：
        lock: 锁住办件直到事务结束（执行更正时用，核对与写入之间不许别人插进来）。

    异常：
        CaseNotFound、NotSignedIn、OthersCase: 没有这件办件，或不在权限范围内。
        MustRecuse: 操作人就是申请人。
    """
    rows = Case.objects.select_for_update() if lock else Case.objects.select_related("dossier")
    case = rows.filter(case_no=case_no).first()
    if case is None:
        raise CaseNotFound
    permissions.require_readable(actor, case)
    if permissions.owns(actor, case):
        raise MustRecuse
    view = CaseView(case, actor)
    return view, [*_basic(case), *_form(view.definition, json.loads(case.dossier.form), case.applicant_kind == _PERSON)]


def _basic(case: Case) -> list[CorrectableField]:
    person = case.applicant_kind == _PERSON
    kinds = {
        "applicant_name": "name" if person else "text",
        "id_no": "idcard" if person else "uscc",
        "mobile": "mobile",
        "legal_name": "name",
        "address": "address",
        "channel": "select",
    }
    return [
        CorrectableField(key, label, kinds[key], str(_value(case, key)), dict(CHANNELS) if key == "channel" else {})
        for key, label in CORRECTABLE.items()
        if not (person and key == "legal_name")
    ]


def _value(case: Case, key: str) -> Any:
    return getattr(case if key in ("applicant_name", "channel") else case.dossier, key)


def _form(definition: Mapping[str, Any], form: Mapping[str, Any], person: bool) -> list[CorrectableField]:
    return [
        CorrectableField(f"form.{one['key']}", one["label"], _kind(one, person, form[one["key"]]), form[one["key"]], _choices(one), one)
        for one in form_rules.fields(definition)
        if isinstance(form.get(one["key"]), str)
    ]


def _kind(one: Mapping[str, Any], person: bool, value: str) -> str:
    """脱敏按含义不按控件：文字框里的姓名、地址、账号与办件页面一样遮；单位名称依法公开，不遮。"""
    known = formview.meaning(one, value)
    firm = not person and str(one.get("prefill") or "").endswith(".name")
    return known if known and not firm else str(one.get("type", "text"))


def _choices(one: Mapping[str, Any]) -> dict[str, str]:
    choices: dict[str, str] = {}
    for option in one.get("options") or []:
        code, label = (option.get("value"), option.get("label")) if isinstance(option, Mapping) else (option, option)
        choices[str(code)] = str(label)
    return choices
