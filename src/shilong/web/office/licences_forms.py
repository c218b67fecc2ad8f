"""证照库的筛选表单：只管字段与格式。"""

from typing import Any

from django import forms

from shilong.identity.organizations import selectors as organizations
from shilong.service.licences import selectors
from shilong.service.licences.rules.states import STATE_NAMES
from shilong.service.licences.selectors.city_calls import OUTCOMES


class FilterForm(forms.Form):
    """证照库筛选。"""

    q = forms.CharField(
        label="编号、主体或办件",
        required=False,
        max_length=128,
        widget=forms.TextInput(attrs={"placeholder": "证照编号、标识、主体名称、主体代码、办件号", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(label="状态", required=False)
    type = forms.ChoiceField(label="证照类型", required=False)
    department = forms.ChoiceField(label="颁发部门", required=False)
    since = forms.DateField(label="颁发日期从", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="到", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any, *, department: str = "") -> None:
        super().__init__(data)
        choices: dict[str, list[tuple[str, str]]] = {
            "state": [("", "全部状态"), *((str(key), name) for key, name in STATE_NAMES.items())],
            "type": [("", "全部类型"), *((row.code, row.name) for row in selectors.types(department=department))],
            "department": [("", "全部部门"), *((row.key, row.short_name) for row in organizations.departments())],
        }
        for name, values in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = values
        if department:
            del self.fields["department"]


class CityForm(forms.Form):
    """市级查询：问谁、要哪种、凭什么。"""

    holder_code = forms.CharField(
        label="持证人证件号",
        max_length=30,
        help_text="居民身份证号或统一社会信用代码",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "latin"}),
    )
    type_code = forms.ChoiceField(label="证照类型", required=False)
    case_no = forms.CharField(
        label="办件编号",
        required=False,
        max_length=50,
        help_text="申请人须就是持证人",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    present = forms.BooleanField(label="持证人到场，已核验证件原件", required=False)
    use_cause = forms.CharField(label="用证事由", max_length=200, help_text="会告诉市级平台，也会给持证人看")

    def __init__(self, *args: Any, window: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["type_code"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "全部类型"), *((row.code, row.name) for row in selectors.types(active=True))]
        if not window:
            del self.fields["present"]


class CallFilterForm(forms.Form):
    """核验记录筛选。"""

    q = forms.CharField(label="操作人或办件编号", required=False, max_length=50)
    outcome = forms.ChoiceField(label="结果", required=False, choices=[("", "全部结果"), *OUTCOMES])
