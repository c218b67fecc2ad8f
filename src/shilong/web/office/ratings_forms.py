"""好差评的筛选表单。"""

from typing import Any

from django import forms

from shilong.identity.organizations import selectors as organizations
from shilong.service.ratings.rules.scores import LEVELS
from shilong.service.ratings.selectors.rows import level_name


class RatingFilterForm(forms.Form):
    """评价列表的条件。"""

    level = forms.ChoiceField(
        label="满意度",
        required=False,
        choices=[("", "全部"), ("bad", "全部差评"), *((str(level), level_name(level)) for level in LEVELS)],
    )
    window = forms.CharField(label="窗口", required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    since = forms.DateField(label="开始日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="结束日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    automatic = forms.ChoiceField(label="默认评价", required=False, choices=[("", "不列"), ("1", "列出")])

    def __init__(self, data: Any, *, wide: bool) -> None:
        super().__init__(data)
        choices = [("", "全部部门"), *((row.key, row.short_name) for row in organizations.departments())]
        self.fields["department"] = forms.ChoiceField(label="部门", required=False, choices=choices)
        if not wide:
            del self.fields["department"]

    def conditions(self) -> dict[str, Any]:
        """不合法的那几项当作没填，页面上同时指出来。"""
        self.is_valid()
        return {key: value for key, value in self.cleaned_data.items() if key not in self.errors}
