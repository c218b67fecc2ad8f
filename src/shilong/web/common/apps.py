"""全站表单的提示用语：框架自带的译文是给程序员看的（“确保该变量包含不超过 64 字符”），换成说给办事人的话。"""

from django.apps import AppConfig
from django.core import validators


class CommonConfig(AppConfig):
    name = "shilong.web.common"
    label = "web_common"

    def ready(self) -> None:
        for kind, text in _WORDS.items():
            kind.message = text


_WORDS: dict[type[validators.BaseValidator], str] = {
    validators.MaxLengthValidator: "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。",
    validators.MinLengthValidator: "至少 %(limit_value)d 个字，现在有 %(show_value)d 个。",
    validators.MaxValueValidator: "不能大于 %(limit_value)s。",
    validators.MinValueValidator: "不能小于 %(limit_value)s。",
}
