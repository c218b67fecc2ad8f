"""咨询投诉的表。"""

from django.db import models
from django.db.models import Q

from shilong.foundation.gm.fields import EncryptedTextField
from shilong.foundation.records import AppendOnly
from shilong.service.enquiries.rules import Publicity, Stage


class Enquiry(models.Model):
    """一件咨询、投诉或建议。`anonymous` 的不给答复部门看身份，账号只用来本人查看。"""

    number = models.CharField("编号", max_length=32, unique=True)
    kind = models.CharField("类型", max_length=10)
    title = models.CharField("标题", max_length=80)
    content = EncryptedTextField("内容")
    file_ids = models.JSONField("图片", default=list)
    account_id = models.BigIntegerField("提交人账号")
    anonymous = models.BooleanField("匿名", default=False)
    name = EncryptedTextField("姓名", blank=True, default="")
    mobile = EncryptedTextField("手机", blank=True, default="")
    item_code = models.CharField("事项", max_length=50, blank=True, default="")
    item_name = models.CharField("事项名称", max_length=200, blank=True, default="")
    case_no = models.CharField("办件编号", max_length=50, blank=True, default="")
    about = models.CharField("涉及部门", max_length=32, blank=True, default="")
    department = models.CharField("答复部门", max_length=32, blank=True, default="")
    stage = models.CharField("状态", max_length=2)
    version = models.PositiveIntegerField("版本", default=1)
    created_at = models.DateTimeField("提交时间")
    due_at = models.DateTimeField("答复期限")
    answer = models.TextField("答复", blank=True, default="")
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by_id = models.BigIntegerField("答复人账号", null=True)
    answered_by = models.CharField("答复人", max_length=100, blank=True, default="")
    satisfaction = models.PositiveSmallIntegerField("满意度", null=True)
    remark = models.CharField("对答复的意见", max_length=200, blank=True, default="")
    urges = models.PositiveSmallIntegerField("催办次数", default=0)
    urged_at = models.DateTimeField("最近催办", null=True)
    warned = models.BooleanField("已发超期预警", default=False)
    publicity = models.CharField("公开", max_length=10, choices=Publicity, default=Publicity.NONE)
    public_title = models.CharField("公开的标题", max_length=80, blank=True, default="")
    public_content = models.TextField("公开的内容", blank=True, default="")
    public_answer = models.TextField("公开的答复", blank=True, default="")
    published_at = models.DateTimeField("公开时间", null=True)

    class Meta:
        verbose_name = "咨询投诉"
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=sorted(Stage)), name="enquiry_stage_known"),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__gte=1, satisfaction__lte=5), name="enquiry_level"
            ),
            models.CheckConstraint(condition=~Q(kind="complaint", anonymous=True), name="enquiry_complaint_named"),
        ]
        indexes = [
            models.Index(fields=["account_id", "-created_at"], name="enquiry_mine"),
            models.Index(fields=["department", "stage", "due_at"], name="enquiry_department"),
            models.Index(fields=["stage", "due_at"], name="enquiry_due"),
            models.Index(fields=["-created_at", "-id"], name="enquiry_latest"),
            models.Index(fields=["-published_at"], condition=Q(publicity="published"), name="enquiry_public"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class EnquiryEvent(AppendOnly):
    """经过。"""

    enquiry = models.ForeignKey(Enquiry, models.PROTECT, related_name="history")
    seq = models.PositiveIntegerField("序号")
    action = models.CharField("动作", max_length=12)
    target = models.CharField("目标状态", max_length=2)
    note = models.TextField("说明", blank=True, default="")
    actor_id = models.BigIntegerField("账号", null=True)
    actor_name = models.CharField("操作人", max_length=100)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "咨询投诉经过"
        constraints = [models.UniqueConstraint(fields=["enquiry", "seq"], name="enquiry_event_in_order")]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"
