"""查询与更正的表单：只管字段与格式，规则在服务里。"""

from collections.abc import Iterable
from typing import Any

from django import forms

from shilong.identity.organizations import selectors as organizations
from shilong.service.amendments.rules import MAX_REASON, STATUS_NAMES
from shilong.service.cases.rules import STATE_NAMES
from shilong.service.cases.selectors import query
from shilong.service.cases.selectors.flags import RULES
from shilong.service.cases.selectors.views import CHANNELS

Choices = Iterable[tuple[str, str]]


def _choice(label: str, empty: str, choices: Choices) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", empty), *choices])


def _text(label: str, length: int, hint: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"placeholder": hint or label, "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=length, widget=widget)


def _date(label: str) -> forms.DateField:
    message = {"invalid": "请填写 2026-01-31 这样的日期"}
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}), error_messages=message)


class _Ranged(forms.Form):
    """带日期区间的表单。"""

    since = _date("开始日期")
    until = _date("结束日期")

    def __init__(self, data: Any, *, wide: bool) -> None:
        super().__init__(data)
        self.fields["department"] = _choice("部门", "全部部门", [(row.key, row.short_name) for row in organizations.departments()])
        if not wide:
            del self.fields["department"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", "结束日期不能早于开始日期")
        return data


class CaseForm(_Ranged):
    """办件查询。"""

    case_no = _text("申请编号", 50, "申请编号，可只填前几位")
    name = _text("申请人姓名", 100, "姓名或单位名，可只填前几个字")
    id_no = _text("证件号码", 20, "完整的证件号码")
    mobile = _text("手机", 11, "完整的手机号")
    item = _text("事项", 60, "事项名称或编码")
    channel = _choice("渠道", "全部渠道", CHANNELS.items())
    state = _choice("状态", "全部状态", [(str(key), name) for key, name in STATE_NAMES.items()])
    result = _choice("结果", "全部结果", [("grant", "准予"), ("deny", "不予")])
    due = _choice("时限", "不限", query.DUES.items())
    day = forms.ChoiceField(label="按哪个日期", required=False, choices=list(query.DAYS.items()))
    sort = forms.ChoiceField(label="排序", required=False, choices=[(key, name) for key, (name, _) in query.SORTS.items()])

    def criteria(self) -> query.Criteria:
        """查询条件；不合法的那几项当作没填，页面上同时指出来。"""
        values = {key: value for key, value in self.cleaned_data.items() if value and key not in self.errors}
        return query.Criteria(**values)


class FlagForm(_Ranged):
    """监察标记筛选。"""

    rule = _choice("规则", "全部标记", [(key, f"{key} {name}") for key, name in RULES.items()])


class AmendmentFilterForm(_Ranged):
    """更正申请筛选。"""

    status = _choice("状态", "全部状态", [(str(key), name) for key, name in STATUS_NAMES.items()])
    q = _text("编号", 50, "申请编号或办件编号")
    mine = _choice("范围", "全部", [("1", "我提出的")])


class OpinionForm(forms.Form):
    """授权、驳回意见与查看事由。"""

    opinion = forms.CharField(label="意见", required=False, max_length=MAX_REASON)
    reason = forms.CharField(label="查看事由", required=False, max_length=200)
    version = forms.IntegerField(required=False, min_value=1)
