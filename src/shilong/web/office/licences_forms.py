"""证照库的筛选表单：只管字段与格式。"""

from typing import Any

from django import forms

from shilong.identity.organizations import selectors as organizations
from shilong.service.licences import selectors
from shilong.service.licences.rules.states import STATE_NAMES


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
