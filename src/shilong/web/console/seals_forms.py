"""印章的表单：申请、变更、注销、授权、签章、验章。规则在服务里。"""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, Scope
from shilong.service.seals import rules
from shilong.service.seals.selectors import SealBrief
from shilong.web.common.account_forms import ServiceForm

YEARS = [(n, f"{n} 年") for n in range(1, rules.MAX_YEARS + 1)]
IMAGES = ".png,.jpg,.jpeg"
# 章面左上角，毫米；A4 纸。
SPOTS = {"lower-right": ("右下（落款处）", 130.0, 215.0), "lower-left": ("左下", 30.0, 215.0), "upper-right": ("右上", 150.0, 20.0)}


class MultipleFileField(forms.FileField):
    """一次选几个文件，得到列表。"""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, (list, tuple)) else [data]
        return [super(MultipleFileField, self).clean(one, initial) for one in files] if data else [super().clean(None, initial)]


class MultipleFileInput(forms.ClearableFileInput):
    allow_multiple_selected = True


def _reason(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text=help_text)


def _document() -> forms.CharField:
    return forms.CharField(label="依据文号", max_length=120, required=False, help_text="如 石编〔2026〕3 号")


def _upload() -> forms.FileField:
    return forms.FileField(
        label="已有印模图",
        required=False,
        widget=forms.FileInput(attrs={"accept": IMAGES}),
        help_text="PNG 或 JPEG，白底红印，最大 2 MB；不上传就按种类自动画。",
    )


class _Uploading(ServiceForm):
    """把上传的印模读成字节。"""

    def clean_upload(self) -> bytes:
        file = self.cleaned_data.get("upload")
        return bytes(file.read((2 << 20) + 1)) if file else b""


class ApplyForm(_Uploading):
    kind = forms.ChoiceField(label="印章种类", choices=[(kind.code, kind.name) for kind in rules.KINDS.values()], initial="11")
    department = forms.ChoiceField(label="所属部门")
    name = forms.CharField(label="章面单位名称", max_length=30, required=False, help_text="不填就用部门全称。")
    holder = forms.CharField(label="名章姓名", max_length=7, required=False, help_text="只有名章要填。")
    years = forms.TypedChoiceField(label="有效年限", choices=YEARS, coerce=int, initial=3)
    reason = _reason("申请事由")
    document = _document()
    upload = _upload()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [row for row in organizations.departments() if actor.scope is Scope.DISTRICT or row.key == actor.department]
        self.fields["department"].choices = [(row.key, row.name) for row in rows]  # type: ignore[attr-defined]
        self.fields["department"].initial = actor.department


class ChangeForm(_Uploading):
    name = forms.CharField(label="章面单位名称", max_length=30, required=False, help_text="不填就用部门全称。")
    years = forms.TypedChoiceField(label="有效年限（从新版制成起算）", choices=YEARS, coerce=int, initial=3)
    reason = _reason("变更事由")
    document = _document()
    upload = _upload()


class CancelForm(ServiceForm):
    cause = forms.ChoiceField(label="注销原因", choices=list(rules.CANCEL_CAUSES.items()))
    reason = _reason("情况说明")
    document = _document()


class GrantForm(ServiceForm):
    account = forms.ChoiceField(label="授权给")
    doc_types = forms.MultipleChoiceField(
        label="文书种类", choices=[("*", "全部文书"), *rules.DOC_TYPES.items()], widget=forms.SelectMultiple(attrs={"size": 8})
    )
    until = forms.DateField(
        label="有效期至", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text="当天用完为止，最长三年。"
    )
    bulk = forms.BooleanField(label="允许批量签章", required=False)
    reason = _reason("授权事由")
    document = _document()

    def __init__(self, *args: Any, department: str, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = organizations.all_staff()  # 受理专用章要授权给行政审批局的综合窗口，不只是本部门的人；本部门的排在前面
        people = sorted(
            (row for row in rows if row.account_id != actor.account_id), key=lambda row: (row.department != department, row.name)
        )
        listed = [(str(row.account_id), f"{row.name}（{row.department_name}）") for row in people]
        self.fields["account"].choices = [("", "请选择"), *listed, ("system", "系统自动签章（制证、出文书）")]  # type: ignore[attr-defined]
        self.fields["until"].initial = timezone.localdate() + timedelta(days=365)

    def clean_until(self) -> datetime:
        """当天用完为止。"""
        return timezone.make_aware(datetime.combine(self.cleaned_data["until"], time.max))


class UseForm(ServiceForm):
    uploads = MultipleFileField(
        label="OFD 文件", widget=MultipleFileInput(attrs={"accept": ".ofd"}), help_text="选多份即批量签章，需要批量授权；每份最大 20 MB。"
    )
    doc_id = forms.CharField(label="文书编号", max_length=60, help_text="文号或证照编号，写进用章日志；批量时自动加序号。")
    case_no = forms.CharField(label="办件编号", max_length=50, required=False)
    approved_by = forms.CharField(label="用印审批人", max_length=60, required=False)
    seals = forms.MultipleChoiceField(label="印章", widget=forms.CheckboxSelectMultiple, help_text="选几枚就是会签，从右往左依次排开。")
    spot = forms.ChoiceField(label="位置", choices=[*((key, row[0]) for key, row in SPOTS.items()), ("custom", "按下面的坐标")])
    page = forms.IntegerField(label="盖在第几页", min_value=0, max_value=2000, initial=0, help_text="0 是最后一页。")
    x = forms.FloatField(label="距左边（毫米）", min_value=0, max_value=2000, required=False)
    y = forms.FloatField(label="距上边（毫米）", min_value=0, max_value=2000, required=False)
    edge = forms.BooleanField(label="加盖骑缝章", required=False, help_text="两页以上才有。")

    def __init__(self, *args: Any, briefs: list[SealBrief], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seals"].choices = [(row.seal_no, row.name) for row in briefs]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("spot") == "custom" and (data.get("x") is None or data.get("y") is None):
            self.add_error("x", "请填写距左边、距上边的毫米数。")
        if len(data.get("uploads") or []) > 1 and len(data.get("seals") or []) > 1:
            self.add_error("seals", "批量时一次只能用一枚章。")
        if len(data.get("uploads") or []) > 50:
            self.add_error("uploads", "一次最多 50 份，请分批。")
        return data

    def corner(self) -> tuple[float, float]:
        """章面左上角，毫米。"""
        data = self.cleaned_data
        if data["spot"] == "custom":
            return data["x"], data["y"]
        _, x, y = SPOTS[data["spot"]]
        return x, y


class VerifyForm(forms.Form):
    file = forms.FileField(
        label="OFD 文件", widget=forms.FileInput(attrs={"accept": ".ofd"}), help_text="最大 20 MB，只在内存里检查，不保存。"
    )
