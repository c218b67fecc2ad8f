"""市级核验留痕、用作材料的副本、发给持证人的消息。"""

import uuid

from django.db import models

from shilong.foundation.records import AppendOnly
from shilong.service.licences.models.core import Licence


class CityCall(AppendOnly):
    """向市级平台查询、获取、核验一次：谁、凭什么、问了什么、答得怎样。证件号只留索引与脱敏样子。"""

    class Outcome(models.TextChoices):
        FOUND = "found", "有结果"
        EMPTY = "empty", "没有查到"
        DENIED = "denied", "没有依据，已拒绝"
        DOWN = "down", "市级平台没有应答"

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    action = models.CharField("做了什么", max_length=8)
    basis = models.CharField("依据", max_length=12)
    case_no = models.CharField("办件编号", max_length=50, blank=True, default="")
    cause = models.CharField("事由", max_length=200)
    holder_index = models.CharField("主体检索索引", max_length=64)
    holder_masked = models.CharField("主体代码（脱敏）", max_length=40)
    type_code = models.CharField("证照类型", max_length=21, blank=True, default="")
    identifier = models.CharField("证照标识", max_length=128, blank=True, default="")
    found = models.JSONField("查到的证照标识", default=list)
    outcome = models.CharField("结果", max_length=8, choices=Outcome)
    detail = models.CharField("说明", max_length=300, blank=True, default="")
    department = models.CharField("部门", max_length=32, blank=True, default="")
    department_name = models.CharField("部门名称", max_length=120, blank=True, default="")
    user_id = models.BigIntegerField("操作人账号", null=True)
    user_name = models.CharField("操作人", max_length=100)
    ip = models.CharField("来源地址", max_length=45, blank=True, default="")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "市级证照核验记录"
        indexes = [
            models.Index(fields=["department", "-at"], name="city_call_department"),
            models.Index(fields=["holder_index", "-at"], name="city_call_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.user_name} {self.action} {self.outcome}"


class UsedCopy(AppendOnly):
    """一份用作申请材料的加注件：从哪张证照来、选用时原件验章的结论。审查时凭文件编号查得到。"""

    file_id = models.UUIDField("文件", unique=True)
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="copies")
    basis = models.CharField("依据", max_length=12)
    checked = models.CharField("验章结论", max_length=200)
    at = models.DateTimeField("选用时间")

    class Meta:
        verbose_name = "用作材料的证照"

    def __str__(self) -> str:
        return f"{self.licence_id} {self.file_id}"


class Notice(AppendOnly):
    """已经告诉过持证人的事；`what` 是履历序号或到期提醒的日子，同一件事只说一次。"""

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="notices")
    what = models.CharField("哪件事", max_length=40)
    message_id = models.BigIntegerField("消息", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "证照消息"
        constraints = [models.UniqueConstraint(fields=["licence", "what"], name="licence_notice_once")]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.what}"
