"""大厅终端的表单。"""

from typing import Any

from django import forms

from shilong.hall.terminals import rules
from shilong.hall.terminals.selectors import TerminalView
from shilong.hall.terminals.services import Profile
from shilong.service.queueing import selectors as queueing
from shilong.web.common.account_forms import ServiceForm

KINDS = [(key.value, name) for key, name in rules.KIND_NAMES.items()]
READERS = [(key.value, name) for key, name in rules.READER_NAMES.items()]
FORMATS = [(key, name) for key, (name, _) in rules.FORMATS.items()]
_PROFILE = ("name", "kind", "hall", "place", "window", "reader")


class TerminalForm(ServiceForm):
    kind = forms.ChoiceField(label="类型", choices=KINDS)
    name = forms.CharField(label="名称", min_length=2, max_length=60, help_text="贴在机器上的名字，如“一楼 1 号一体机”。")
    hall = forms.CharField(label="大厅", min_length=2, max_length=60)
    place = forms.CharField(label="位置", max_length=100, required=False)
    window = forms.CharField(label="所属窗口", max_length=20, required=False, help_text="评价器要填，如“03 号窗口”。")
    reader = forms.ChoiceField(label="身份证读卡器", choices=READERS, help_text="没有读卡器的机器不显示申报与打印证照。")
    format = forms.ChoiceField(label="读卡器输出格式", choices=FORMATS)
    pattern = forms.CharField(
        label="自定义格式", max_length=120, required=False, help_text="选“自定义”才填；正则表达式，号码放在 (?<id>…) 里。"
    )
    idle = forms.IntegerField(label="无操作多少秒清空", min_value=rules.IDLE_MIN, max_value=rules.IDLE_MAX, initial=rules.IDLE_DEFAULT)
    notice = forms.CharField(label="首页公告", max_length=120, required=False)
    queue = forms.ChoiceField(label="取号大厅", required=False, help_text="选了，一体机首页就有“取号、签到”。")
    start = forms.CharField(
        label="显示页面", max_length=180, required=False, help_text="等候屏、评价器、取号机要显示的本站地址；一体机不用填。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["queue"].choices = [("", "不能取号"), *((row.key, row.name) for row in queueing.halls())]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, view: TerminalView) -> dict[str, Any]:
        """现在的值。"""
        return {name: getattr(view, name) for name in _PROFILE} | {"idle": view.idle} | view.config

    def profile(self) -> Profile:
        """登记资料。"""
        return Profile(**{name: self.cleaned_data[name] for name in _PROFILE})

    def config(self) -> dict[str, Any]:
        """页面配置。"""
        return {name: self.cleaned_data[name] for name in ("idle", "notice", "start", "format", "pattern", "queue")}


class PushForm(ServiceForm):
    idle = forms.IntegerField(label="无操作多少秒清空", min_value=rules.IDLE_MIN, max_value=rules.IDLE_MAX, required=False)
    notice = forms.CharField(label="首页公告", max_length=120, required=False)

    def changes(self) -> dict[str, Any]:
        """只下发填了的；要清掉公告填一个减号。"""
        data = self.cleaned_data
        found = {"idle": data["idle"]} if data["idle"] is not None else {}
        return found | ({"notice": "" if data["notice"] == "-" else data["notice"]} if data["notice"] else {})


class FaultForm(ServiceForm):
    number = forms.CharField(label="终端编号", max_length=20, help_text="如 ZD0001")
    category = forms.ChoiceField(label="哪里坏了", choices=list(rules.CATEGORIES.items()))
    description = forms.CharField(label="说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class VideoForm(ServiceForm):
    title = forms.CharField(label="标题", min_length=2, max_length=60)
    file = forms.FileField(label="视频文件", widget=forms.FileInput(attrs={"accept": ".mp4"}), help_text="MP4（H.264），最大 100 MB。")
