"""类型、证照、履历、授权、用证日志、亮证码、批量、导入、推送。持证主体代码与照面内容加密存。"""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from shilong.foundation.gm.fields import EncryptedTextField
from shilong.foundation.records import AppendOnly
from shilong.service.licences.rules.states import LIVE, State


class LicenceType(models.Model):
    """一种证照：代码（定义机构 18 位 + 顺序 3 位）、有效期规则、照面项、版式。"""

    code = models.CharField("证照类型代码", max_length=21, unique=True)
    name = models.CharField("证照名称", max_length=256)
    authority_name = models.CharField("定义机构", max_length=200)
    authority_code = models.CharField("定义机构代码", max_length=18)
    department = models.CharField("主管部门", max_length=32)
    word = models.CharField("编号代字", max_length=16)
    validity = models.JSONField("有效期规则", default=dict)
    fields = models.JSONField("照面项", default=list)
    template = models.JSONField("版式", default=dict)
    seal_kind = models.CharField("用哪类章", max_length=2, default="11")
    electronic = models.BooleanField("可发电子证照", default=True)
    auto_issue = models.BooleanField("准予后自动签发", default=False)
    remind_days = models.PositiveSmallIntegerField("到期前几天提醒", default=30, db_default=30)
    active = models.BooleanField("启用", default=True)
    version = models.PositiveIntegerField("修订号", default=1)
    updated_by = models.CharField("最后修改人", max_length=100, blank=True, default="")
    updated_at = models.DateTimeField("最后修改", auto_now=True)

    class Meta:
        verbose_name = "证照类型"

    def __str__(self) -> str:
        return self.name


class TypeItem(models.Model):
    """事项准予之后对证照做什么：新发、变更、延续、注销。"""

    class Effect(models.TextChoices):
        NEW = "new", "新发"
        CHANGE = "change", "变更"
        RENEW = "renew", "延续"
        CANCEL = "cancel", "注销"

    item_code = models.CharField("事项", max_length=40, unique=True)
    type = models.ForeignKey(LicenceType, models.PROTECT, related_name="items")
    effect = models.CharField("结果", max_length=8, choices=Effect, default=Effect.NEW)

    class Meta:
        verbose_name = "事项与证照"

    def __str__(self) -> str:
        return f"{self.item_code} {self.effect}"


class Licence(models.Model):
    """一张证照的一个版本。`serial` 相同的是同一张证的各版。状态变化只走 `services`，本行不删。"""

    uid = models.UUIDField("内部编号", default=uuid.uuid4, unique=True, editable=False)
    identifier = models.CharField("证照标识", max_length=128, unique=True)
    type = models.ForeignKey(LicenceType, models.PROTECT, related_name="licences")
    type_code = models.CharField("证照类型代码", max_length=21)
    name = models.CharField("证照名称", max_length=256)
    number = models.CharField("证照编号", max_length=128)
    serial = models.CharField("流水号", max_length=40)
    version = models.PositiveSmallIntegerField("版本", default=1)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="next_versions")
    origin = models.CharField("由来", max_length=12, default="new")
    state = models.CharField("状态", max_length=2, default=State.DRAFT)
    revision = models.PositiveIntegerField("修订号", default=1)

    department = models.CharField("颁发部门", max_length=32)
    issuer_name = models.CharField("颁发机构", max_length=200)
    issuer_code = models.CharField("颁发机构代码", max_length=18)
    area_code = models.CharField("区划", max_length=12)
    holder_name = models.CharField("持证主体", max_length=200)
    holder_kind = models.CharField("主体类型", max_length=2)
    holder_code = EncryptedTextField("持证主体代码")
    holder_code_type = models.CharField("代码类型", max_length=4)
    holder_index = models.CharField("主体检索索引", max_length=64)
    face = EncryptedTextField("照面内容（JSON）", default="")
    issue_date = models.DateField("颁发日期", null=True)
    valid_start = models.DateField("有效期起", null=True)
    valid_end = models.DateField("有效期止", null=True)

    case_no = models.CharField("办件编号", max_length=50, blank=True, default="")
    item_code = models.CharField("事项", max_length=40, blank=True, default="")
    imported = models.BooleanField("存量导入", default=False)
    created_at = models.DateTimeField("制证时间")
    created_by = models.CharField("制证人", max_length=100)
    issued_at = models.DateTimeField("签发时间", null=True)
    issued_by = models.CharField("签发人", max_length=100, blank=True, default="")
    seal_name = models.CharField("签章名称", max_length=200, blank=True, default="")
    problem = models.CharField("签发未成的原因", max_length=300, blank=True, default="")

    ofd_digest = models.CharField("OFD 摘要", max_length=64, blank=True, default="")
    pdf_digest = models.CharField("PDF 摘要", max_length=64, blank=True, default="")
    code = EncryptedTextField("验真码", null=True)
    code_digest = models.CharField("验真码摘要", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "电子证照"
        constraints = [
            models.UniqueConstraint(fields=["type", "holder_index"], condition=Q(state__in=sorted(LIVE)), name="licence_one_valid"),
            models.UniqueConstraint(fields=["case_no", "type"], condition=~Q(case_no=""), name="licence_once_per_case"),
            models.UniqueConstraint(fields=["previous"], condition=Q(state=State.DRAFT), name="licence_one_next"),
            models.UniqueConstraint(fields=["code_digest"], condition=~Q(code_digest=""), name="licence_code_once"),
            models.CheckConstraint(condition=Q(state__in=sorted(State)), name="licence_state_known"),
        ]
        indexes = [
            models.Index(fields=["holder_index", "-issue_date"], name="licence_holder"),
            models.Index(fields=["department", "state", "-created_at"], name="licence_department"),
            models.Index(fields=["-created_at", "-id"], name="licence_latest"),
            models.Index(fields=["state", "-created_at"], name="licence_state"),
            models.Index(fields=["number"], name="licence_number"),
            models.Index(fields=["case_no"], name="licence_case"),
            models.Index(fields=["valid_end"], condition=Q(state__in=sorted(LIVE)), name="licence_expiring"),
            models.Index(fields=["ofd_digest"], condition=~Q(ofd_digest=""), name="licence_file"),
            models.Index(fields=["holder_name"], name="licence_holder_like", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """不得物理删除（standards §4.5）。"""
        raise TypeError("证照不得删除，请注销或撤销")


class LicenceEvent(AppendOnly):
    """证照履历：谁、何时、凭什么、把状态变成什么。"""

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="history")
    seq = models.PositiveIntegerField("序号")
    action = models.CharField("动作", max_length=12)
    source = models.CharField("来源状态", max_length=2, blank=True, default="")
    target = models.CharField("目标状态", max_length=2)
    reason = models.CharField("理由", max_length=500, blank=True, default="")
    document_no = models.CharField("文号", max_length=100, blank=True, default="")
    actor_id = models.BigIntegerField("账号", null=True)
    actor_name = models.CharField("操作人", max_length=100)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "证照履历"
        constraints = [models.UniqueConstraint(fields=["licence", "seq"], name="licence_event_in_order")]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class Grant(models.Model):
    """一份用证授权：给哪个部门、做什么、几次、到何时；可撤回。"""

    class Mode(models.TextChoices):
        SELF = "self", "本人授权"
        AGENT = "agent", "委托授权"
        ITEM = "item", "事项授权"

    uid = models.UUIDField("授权编号", default=uuid.uuid4, unique=True, editable=False)
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="grants")
    mode = models.CharField("授权方式", max_length=8, choices=Mode)
    department = models.CharField("被授权部门", max_length=32)
    department_name = models.CharField("被授权部门名称", max_length=120)
    purpose = models.CharField("用途", max_length=200)
    keys = models.JSONField("可看的项", default=list)
    max_uses = models.PositiveSmallIntegerField("次数", default=1)
    used = models.PositiveSmallIntegerField("已用次数", default=0)
    expires_at = models.DateTimeField("有效期")
    revoked_at = models.DateTimeField("撤回时间", null=True)
    granted_by_id = models.BigIntegerField("授权人账号")
    granted_by = models.CharField("授权人", max_length=100)
    created_at = models.DateTimeField("授权时间")

    class Meta:
        verbose_name = "用证授权"
        indexes = [models.Index(fields=["licence", "-created_at"], name="grant_licence")]
        constraints = [models.CheckConstraint(condition=Q(used__lte=models.F("max_uses")), name="grant_within_uses")]

    def __str__(self) -> str:
        return f"{self.department_name} {self.purpose}"


class LicenceUse(AppendOnly):
    """用证日志：每张证照一条链，`digest` 盖住前一条，改一条后面全对不上。"""

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="uses")
    seq = models.PositiveIntegerField("序号")
    holder_index = models.CharField("主体检索索引", max_length=64)
    department = models.CharField("用证部门", max_length=32, blank=True, default="")
    department_name = models.CharField("用证部门名称", max_length=120, blank=True, default="")
    user_id = models.BigIntegerField("用证人账号", null=True)
    user_name = models.CharField("用证人", max_length=100)
    case_no = models.CharField("办件编号", max_length=50, blank=True, default="")
    item_code = models.CharField("事项", max_length=40, blank=True, default="")
    cause = models.CharField("事由", max_length=200)
    basis = models.CharField("依据", max_length=12)
    grant_uid = models.CharField("授权编号", max_length=36, blank=True, default="")
    action = models.CharField("做了什么", max_length=12)
    channel = models.CharField("渠道", max_length=12)
    result = models.CharField("结果", max_length=8, default="ok")
    ip = models.CharField("来源地址", max_length=45, blank=True, default="")
    at = models.DateTimeField("时间")
    previous = models.CharField("前一条摘要", max_length=64, blank=True, default="")
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = "用证日志"
        constraints = [models.UniqueConstraint(fields=["licence", "seq"], name="licence_use_in_order")]
        indexes = [models.Index(fields=["holder_index", "-at"], name="licence_use_holder")]

    def __str__(self) -> str:
        return f"{self.seq} {self.user_name} {self.action}"


class ShowCode(models.Model):
    """亮证码：60 秒、一次性，只存摘要。"""

    digest = models.CharField("码的摘要", max_length=64, unique=True)
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="codes")
    account_id = models.BigIntegerField("出示人账号")
    purpose = models.CharField("用途", max_length=100)
    created_at = models.DateTimeField("出示时间")
    expires_at = models.DateTimeField("失效时间", db_index=True)
    used_at = models.DateTimeField("使用时间", null=True)
    used_by = models.CharField("使用人", max_length=100, blank=True, default="")

    class Meta:
        verbose_name = "亮证码"

    def __str__(self) -> str:
        return f"{self.purpose}"


class Attempt(models.Model):
    """验真、亮证猜测的失败计数，按来源地址。"""

    key = models.CharField("键", max_length=80, primary_key=True)
    failures = models.PositiveSmallIntegerField("失败次数", default=0)
    since = models.DateTimeField("起算时间")
    locked_until = models.DateTimeField("锁定到", null=True)

    class Meta:
        verbose_name = "验真失败计数"

    def __str__(self) -> str:
        return f"{self.key} {self.failures}"


class Batch(models.Model):
    """一次批量签发。"""

    class Status(models.TextChoices):
        RUNNING = "running", "进行中"
        PAUSED = "paused", "已暂停"
        DONE = "done", "已完成"

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    department = models.CharField("部门", max_length=32)
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.RUNNING)
    total = models.PositiveIntegerField("总数")
    actor_id = models.BigIntegerField("签发人账号")
    actor_name = models.CharField("签发人", max_length=100)
    created_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "批量签发"
        indexes = [models.Index(fields=["department", "-created_at"], name="batch_department")]

    def __str__(self) -> str:
        return f"{self.created_at} {self.total}"


class BatchItem(models.Model):
    """批量里的一张。"""

    class Status(models.TextChoices):
        WAITING = "waiting", "待签发"
        DONE = "done", "已签发"
        FAILED = "failed", "未成"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items")
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="batch_items")
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.WAITING)
    problem = models.CharField("原因", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "批量签发明细"
        constraints = [models.UniqueConstraint(fields=["batch", "licence"], name="batch_licence_once")]
        indexes = [models.Index(fields=["batch", "status", "id"], name="batch_status")]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.status}"


class ImportRun(models.Model):
    """一次存量证照导入。"""

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    department = models.CharField("部门", max_length=32)
    filename = models.CharField("文件名", max_length=200)
    type = models.ForeignKey(LicenceType, models.PROTECT, related_name="+")
    total = models.PositiveIntegerField("行数")
    actor_id = models.BigIntegerField("导入人账号")
    actor_name = models.CharField("导入人", max_length=100)
    created_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "证照导入"
        indexes = [models.Index(fields=["department", "-created_at"], name="licence_import_dept")]

    def __str__(self) -> str:
        return f"{self.filename} {self.total}"


class ImportRow(models.Model):
    """导入的一行；坏行留着原文与原因，改好再传时只补坏的。"""

    class Status(models.TextChoices):
        WAITING = "waiting", "待导入"
        DONE = "done", "已导入"
        FAILED = "failed", "有误"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField("行号")
    content = EncryptedTextField("内容（JSON）")
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.WAITING)
    problem = models.CharField("原因", max_length=500, blank=True, default="")
    licence = models.ForeignKey(Licence, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "证照导入明细"
        constraints = [models.UniqueConstraint(fields=["run", "line"], name="licence_import_line")]
        indexes = [models.Index(fields=["run", "status", "line"], name="licence_import_status")]

    def __str__(self) -> str:
        return f"{self.line} {self.status}"


class Push(models.Model):
    """要归集到市级平台的一次变化；（证照，履历序号）唯一，对端也按它去重。"""

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="pushes")
    seq = models.PositiveIntegerField("履历序号")
    sent_at = models.DateTimeField("送达时间", null=True)
    attempts = models.PositiveIntegerField("次数", default=0)
    problem = models.CharField("最近错误", max_length=300, blank=True, default="")
    created_at = models.DateTimeField("入队时间")

    class Meta:
        verbose_name = "证照归集"
        constraints = [models.UniqueConstraint(fields=["licence", "seq"], name="push_once")]
        indexes = [
            models.Index(fields=["id"], condition=Q(sent_at__isnull=True), name="push_waiting"),
            models.Index(fields=["id"], condition=~Q(problem=""), name="push_problem"),
        ]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.seq}"
