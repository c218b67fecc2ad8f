"""登录与账号页面的表单。规则在服务里，表单只负责把拒绝放到对应的输入框旁边。"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from shilong.foundation.codes.tables import SERVER_TYPE
from shilong.foundation.refusals import Refused


class ServiceForm(forms.Form):
    """提交时调用一个业务动作：`form.run(动作)`；拒绝变成输入框旁的提示，成功时结果在 `form.result`。"""

    result: Any = None

    def run(self, action: Callable[..., Any]) -> bool:
        """数据合法则执行 `action(**cleaned_data)`；被拒绝返回假，错误已在表单里。"""
        if not self.is_valid():
            return False
        try:
            self.result = action(**self.cleaned_data)
        except Refused as refusal:
            placed = {name: text for name, text in refusal.fields.items() if name in self.fields}
            for name, text in placed.items():
                self.add_error(name, text)
            if not placed:
                self.add_error(None, refusal.text)
            return False
        return True


def _text(label: str, **attrs: Any) -> forms.CharField:
    extra: dict[str, Any] = {key: attrs.pop(key) for key in ("required", "help_text", "max_length", "initial") if key in attrs}
    return forms.CharField(label=label, widget=forms.TextInput(attrs=attrs), **({"max_length": 64} | extra))


def _secret(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=128, strip=False, widget=widget, help_text=help_text)


def _mobile(label: str = "手机号") -> forms.CharField:
    return _text(label, inputmode="numeric", autocomplete="tel", maxlength=11)


def _code(label: str = "短信验证码") -> forms.CharField:
    return _text(label, inputmode="numeric", autocomplete="one-time-code", maxlength=6)


PASSWORD_HELP = "至少 8 位，大写字母、小写字母、数字、符号中的三类以上。"  # noqa: S105


class PasswordLoginForm(ServiceForm):
    username = _text("登录名或手机号", autocomplete="username", autocapitalize="none", spellcheck="false")
    password = _secret("密码", "current-password")


class CodeLoginForm(ServiceForm):
    mobile = _mobile()
    code = _code()


class OtpForm(ServiceForm):
    code = _text("动态口令", inputmode="numeric", autocomplete="one-time-code", maxlength=6, help_text="手机验证器应用里的 6 位数字。")


class PasswordForm(ServiceForm):
    old = _secret("原密码", "current-password")
    new = _secret("新密码", "new-password", PASSWORD_HELP)
    again = _secret("再输一次新密码", "new-password")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        again = data.pop("again", None)
        if "new" in data and again is not None and again != data["new"]:
            self.add_error("again", "两次输入的新密码不一样。")
        return data


class _Registration(ServiceForm):
    """个人与单位注册共有的项。"""

    mobile = _mobile()
    code = _code()
    username = _text("登录名", autocomplete="username", autocapitalize="none", spellcheck="false", help_text="3–32 位小写字母、数字。")
    password = _secret("设置密码", "new-password", PASSWORD_HELP)
    again = _secret("再输一次密码", "new-password")
    consent = forms.BooleanField(label="我已阅读并同意《隐私与个人信息保护说明》", error_messages={"required": "请先阅读并同意后再注册。"})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data.pop("consent", None)
        again = data.pop("again", None)
        if "password" in data and again is not None and again != data["password"]:
            self.add_error("again", "两次输入的密码不一样。")
        return data


class RegisterForm(_Registration):
    name = _text("姓名", autocomplete="name")
    id_no = _text("身份证号", maxlength=18, autocomplete="off", help_text="末位是 X 的请输入大写或小写 X。")


class EnterpriseForm(_Registration):
    name = _text("单位名称", max_length=100, autocomplete="organization", help_text="按营业执照（登记证书）写全称。")
    kind = forms.ChoiceField(label="单位类型", choices=[row for row in SERVER_TYPE.choices() if row[0] != "1"])
    uscc = _text("统一社会信用代码", maxlength=18, autocomplete="off", autocapitalize="characters", help_text="18 位数字与大写字母。")
    legal_name = _text("法定代表人（负责人）姓名", autocomplete="off")
    legal_id_no = _text("法定代表人（负责人）身份证号", maxlength=18, autocomplete="off", help_text="末位是 X 的请输入大写或小写 X。")


class MobileForm(ServiceForm):
    mobile = _mobile("新手机号")
    code = _code()


class AddressForm(ServiceForm):
    address = _text("住址", max_length=200, required=False, autocomplete="street-address", help_text="申报时自动带出，可随时修改。")


class AgentForm(ServiceForm):
    name = _text("经办人姓名", autocomplete="off")
    person_idno = _text("经办人身份证号", maxlength=18, autocomplete="off", help_text="对方可以先不注册，注册后自动生效。")
    scope = forms.MultipleChoiceField(
        label="授权范围", required=False, widget=forms.CheckboxSelectMultiple, help_text="不选表示全部事项；选部门表示只办这些部门的事项。"
    )
    until = forms.DateField(label="有效期至", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, departments: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = departments  # type: ignore[attr-defined]
        self.fields["until"].initial = timezone.localdate() + timedelta(days=365)
