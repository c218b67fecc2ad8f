"""申请人登记表：证件、手机按校验规则当场核对。"""

from collections.abc import Sequence
from typing import Any

from django import forms

from shilong.foundation.codes import checks
from shilong.foundation.codes import services as codes
from shilong.foundation.refusals import Refused
from shilong.identity.accounts.selectors import ApplicantProfile

PERSON = "1"
IDCARD, USCC = "111", "001"
PERSON_IDS = ("111", "112", "113", "414", "516", "511", "553")


class ApplicantForm(forms.Form):
    """申请人。自然人填姓名与证件，单位填名称、统一社会信用代码与法定代表人。"""

    kind = forms.ChoiceField(label="申请人类型", widget=forms.RadioSelect)
    name = forms.CharField(label="姓名或单位名称", max_length=100)
    id_type = forms.ChoiceField(label="证件类型", required=False)
    id_no = forms.CharField(label="证件号码", max_length=50)
    mobile = forms.CharField(label="联系手机", max_length=11)
    legal_name = forms.CharField(label="法定代表人", max_length=50, required=False, help_text="单位申请时填写")
    legal_id_no = forms.CharField(label="法定代表人身份证号", max_length=18, required=False)
    address = forms.CharField(label="联系地址", max_length=200, required=False)

    def __init__(self, *args: Any, server_types: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = codes.table("server_type").entries
        choices = [(code, names[code]) for code in server_types if code in names] or [(PERSON, names[PERSON])]
        ids = codes.table("id_type").entries
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        self.fields["kind"].initial = choices[0][0]
        self.fields["id_type"].choices = [(code, ids[code]) for code in (*PERSON_IDS, USCC)]  # type: ignore[attr-defined]
        for field in self.fields.values():
            if isinstance(field.widget, forms.TextInput):
                field.widget.attrs["autocomplete"] = "off"
        self.fields["name"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """证件类型跟着申请人类型走，号码按类型校验。"""
        data = super().clean() or {}
        person = data.get("kind") == PERSON
        if not person:
            data["id_type"] = USCC
        elif data.get("id_type") in ("", USCC, None):
            data["id_type"] = IDCARD
        if person and data.get("name"):
            self._check("name", checks.check_person_name)
        if data["id_type"] == IDCARD:
            self._check("id_no", checks.check_idcard)
        elif data["id_type"] == USCC:
            self._check("id_no", checks.check_uscc)
        self._check("mobile", checks.check_mobile)
        if not person and not data.get("legal_name"):
            self.add_error("legal_name", "请填写法定代表人（负责人）姓名")
        if not person and data.get("legal_id_no"):
            self._check("legal_id_no", checks.check_idcard)
        return data

    def _check(self, name: str, rule: Any) -> None:
        value = self.cleaned_data.get(name)
        if not value:
            return
        try:
            self.cleaned_data[name] = rule(value.strip())
        except Refused as refused:
            self.add_error(name, refused.text)

    def profile(self) -> ApplicantProfile:
        """登记的申请人档案；窗口当面核验证件，没有网上账号也能办。"""
        data = self.cleaned_data
        person = data["kind"] == PERSON
        return ApplicantProfile(
            kind=data["kind"],
            name=data["name"].strip(),
            id_type=data["id_type"],
            id_no=data["id_no"],
            mobile=data["mobile"],
            legal_name="" if person else data["legal_name"],
            legal_id_no="" if person else data["legal_id_no"],
            address=data["address"],
        )


def applicant_initial(profile: ApplicantProfile) -> dict[str, str]:
    """把预约或取号时的档案变成登记表的初值；窗口仍要当面核对证件。"""
    names = ("kind", "name", "id_type", "id_no", "mobile", "legal_name", "legal_id_no", "address")
    return {name: getattr(profile, name) for name in names}
