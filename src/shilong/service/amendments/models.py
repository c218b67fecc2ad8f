"""更正申请与其中的各项。前后值加密存。"""

from django.db import models

from shilong.foundation.gm.fields import EncryptedTextField
from shilong.service.amendments.rules import Status


class Amendment(models.Model):
    """一份数据更正申请。办件的部门、事项名是申请时的快照，列表不必再读办件。"""

    number = models.CharField("申请编号", max_length=32, unique=True)
    case_no = models.CharField("办件编号", max_length=50, db_index=True)
    case_version = models.PositiveIntegerField("申请时的办件版本")
    item_name = models.CharField("事项", max_length=200)
    department = models.CharField("受理部门", max_length=32)
    department_name = models.CharField("受理部门名称", max_length=120)
    reason = models.TextField("更正理由")
    file_ids = models.JSONField("凭据文件", default=list)
    status = models.CharField("状态", max_length=12, default=Status.PENDING)

    requested_by_id = models.BigIntegerField("申请人账号")
    requested_by = models.CharField("申请人", max_length=100)
    requested_at = models.DateTimeField("申请时间")
    decided_by_id = models.BigIntegerField("授权人账号", null=True)
    decided_by = models.CharField("授权人", max_length=100, blank=True, default="")
    decided_at = models.DateTimeField("授权时间", null=True)
    opinion = models.TextField("授权意见", blank=True, default="")
    closed_by_id = models.BigIntegerField("执行（撤销）人账号", null=True)
    closed_by = models.CharField("执行（撤销）人", max_length=100, blank=True, default="")
    closed_at = models.DateTimeField("执行（撤销）时间", null=True)
    executed_version = models.PositiveIntegerField("执行后的办件版本", null=True)

    class Meta:
        verbose_name = "数据更正申请"
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=sorted(Status)), name="amendment_status_known"),
            models.CheckConstraint(
                condition=models.Q(decided_by_id__isnull=True) | ~models.Q(decided_by_id=models.F("requested_by_id")),
                name="amendment_not_self_authorised",
            ),
        ]
        indexes = [
            models.Index(fields=["department", "-requested_at"], name="amendment_department"),
            models.Index(fields=["requested_by_id", "-requested_at"], name="amendment_mine"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.case_no}"


class AmendmentItem(models.Model):
    """要更正的一项。`live` 为真表示申请还没了结：同一办件同一项只能有一份在走。"""

    amendment = models.ForeignKey(Amendment, models.PROTECT, related_name="items")
    case_no = models.CharField("办件编号", max_length=50)
    key = models.CharField("项", max_length=100)
    label = models.CharField("名称", max_length=100)
    kind = models.CharField("类型", max_length=12)
    choices = models.JSONField("选项", default=dict)
    before = EncryptedTextField("原值", blank=True, default="")
    after = EncryptedTextField("新值")
    live = models.BooleanField("未了结", default=True)

    class Meta:
        verbose_name = "更正项"
        constraints = [
            models.UniqueConstraint(fields=["case_no", "key"], condition=models.Q(live=True), name="amendment_one_live_per_field")
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.label}"
