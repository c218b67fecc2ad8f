"""动作表单：由办件引擎给出的“要填什么”生成，页面不另写一套规则。"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from shilong.identity.organizations import selectors as organizations
from shilong.service.cases.selectors import ActionView, CaseView

ROW_LIMIT = 30


def build(view: CaseView, action: ActionView, data: QueryDict | None = None) -> forms.Form:
    """一个动作的表单。`rows` 与 `files` 类的项由模板单独画，`payload` 里再取。"""
    fields = {ask.name: _field(ask.kind, ask) for ask in action.fields if ask.kind not in ("rows", "files")}
    if action.name == "transfer":
        fields = _turn_away(fields) if view.accepted_at is None else {"reason": fields["reason"]} | _people(view)
    if action.name == "add_reviewer":
        fields["department"] = forms.ChoiceField(label="加签部门", choices=_departments())
    if action.name == "return_round":
        fields["round"] = _round(view)
    if action.name in ("review", "decide", "transfer"):
        fields.pop("task_id", None)
    if action.name == "review" and (points := view.my_points):
        ticks = forms.MultipleChoiceField(
            label="审查要点",
            required=False,
            choices=[(text, text) for text in points],
            widget=forms.CheckboxSelectMultiple,
            help_text="逐条核对后勾选；全部勾选才能同意",
        )
        fields = {"points": ticks} | fields
    return type("ActionForm", (forms.Form,), fields)(data)


def _field(kind: str, ask: Any) -> forms.Field:
    common = {"label": ask.label, "required": ask.required, "help_text": ask.help}
    if kind == "number":
        return forms.IntegerField(min_value=0, max_value=3650, **common)
    if kind == "choice":
        return forms.ChoiceField(
            choices=list(ask.options.items()), widget=forms.RadioSelect if len(ask.options) < 5 else forms.Select, **common
        )
    if kind == "flag":
        return forms.BooleanField(label=ask.label, required=False, help_text=ask.help)
    if kind == "datetime":
        return forms.DateTimeField(widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), **common)
    if kind == "text":
        return forms.CharField(max_length=300, **common)
    return forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 3}), **common)


def _turn_away(fields: dict[str, forms.Field]) -> dict[str, forms.Field]:
    """没受理之前的“转办”就是退件：只写理由和向谁申请。"""
    fields["apply_to"].required = True
    fields["apply_to"].label = "应向哪个机关申请"
    return {name: fields[name] for name in ("reason", "apply_to")}


def _round(view: CaseView) -> forms.Field:
    """能退回的是已经开始过的轮次；引擎的序号从 0 起，给人看的从 1 起。"""
    started = {task.round for task in view.tasks if task.stage == "review"}
    names = [str(one.get("name") or "审查") for one in view.plan.get("rounds") or []]
    choices = [(str(index), f"第 {index + 1} 轮：{name}") for index, name in enumerate(names) if index in started]
    return forms.TypedChoiceField(
        label="退回到哪一轮", choices=[("", "最近办完的一轮"), *choices], required=False, coerce=int, empty_value=None
    )


def _departments() -> list[tuple[str, str]]:
    return [(row.key, row.short_name) for row in organizations.departments()]


def _people(view: CaseView) -> dict[str, forms.Field]:
    staff = [(str(row.account_id), row.name) for row in organizations.staff_of(view.department)]
    return {
        "assignee_id": forms.ChoiceField(label="转给本部门的", choices=[("", "不指定"), *staff], required=False),
        "department": forms.ChoiceField(label="或者转给其他部门", choices=[("", "不转部门"), *_departments()], required=False),
    }


def payload(form: forms.Form, action: ActionView, data: QueryDict) -> dict[str, Any]:
    """表单内容变成引擎的 `payload`；空值不传。"""
    values = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    if "signed_at" in values:
        values["signed_at"] = values["signed_at"].isoformat()
    if values.get("assignee_id"):
        field = form.fields["assignee_id"]
        values["assignee_name"] = dict(field.choices)[values["assignee_id"]]  # type: ignore[attr-defined]
        values["assignee_id"] = int(values["assignee_id"])
    if any(ask.name == "items" for ask in action.fields):
        values["items"] = rows(data, ("material", "problem", "basis"))
    return values


def rows(data: QueryDict, names: Sequence[str]) -> list[dict[str, str]]:
    """重复行：同名输入按先后配成行，全空的行丢掉。"""
    columns: Mapping[str, list[str]] = {name: data.getlist(name)[:ROW_LIMIT] for name in names}
    count = max((len(values) for values in columns.values()), default=0)
    found = [{name: (values[index].strip() if index < len(values) else "") for name, values in columns.items()} for index in range(count)]
    return [row for row in found if row.get("problem") or row.get("material")]
