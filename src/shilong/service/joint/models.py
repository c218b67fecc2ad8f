"""一件事的表：主题与版本、母件与子件；双告知的企业、批次、规则、提示。"""

import uuid

from django.db import models
from django.db.models import Q

from shilong.foundation.gm.fields import EncryptedTextField


class Theme(models.Model):
    """一个主题。`draft` 是正在改的内容，`current` 是发布着的版本号（0 为没有发布）。"""

    class State(models.TextChoices):
        DRAFT = "draft", "没有发布"
        ACTIVE = "active", "已发布"
        OFFLINE = "offline", "已下线"

    code = models.CharField("代号", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    order = models.PositiveSmallIntegerField("次序", default=0)
    draft = models.JSONField("草稿内容", null=True)
    current = models.PositiveIntegerField("发布版", default=0)
    version = models.PositiveIntegerField("修订号", default=1)
    editor_name = models.CharField("最后修改人", max_length=100, blank=True, default="")
    updated_at = models.DateTimeField("最后修改", auto_now=True)

    class Meta:
        verbose_name = "一件事主题"
        ordering = ("order", "code")

    def __str__(self) -> str:
        return self.name


class ThemeVersion(models.Model):
    """发布过的一版，不再改。"""

    theme = models.ForeignKey(Theme, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版本号")
    content = models.JSONField("内容")
    note = models.CharField("发布说明", max_length=200, blank=True, default="")
    publisher_name = models.CharField("发布人", max_length=100)
    published_at = models.DateTimeField("发布时间")

    class Meta:
        verbose_name = "主题版本"
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=["theme", "number"], name="joint_theme_version"),)

    def __str__(self) -> str:
        return f"{self.theme_id} v{self.number}"


class Bundle(models.Model):
    """母件。申请表、申请人、收件地址加密；状态由子件推出，只在 `services` 里改。"""

    class State(models.TextChoices):
        HANDLING = "handling", "办理中"
        PARTIAL = "partial", "部分办结"
        FINISHED = "finished", "全部办结"
        CLOSED = "closed", "未办成"

    class Choice(models.TextChoices):
        NONE = "", "没有选"
        CONTINUE = "continue", "继续办其余"
        WITHDRAW = "withdraw", "撤回其余"

    class Pickup(models.TextChoices):
        WINDOW = "window", "窗口统一领取"
        EXPRESS = "express", "快递送达"

    omni_no = models.CharField("母件编号", max_length=40, unique=True)
    theme_code = models.CharField("主题", max_length=24)
    theme_name = models.CharField("主题名称", max_length=60)
    theme_version = models.PositiveIntegerField("主题版本")
    lead = models.CharField("牵头部门", max_length=32)
    state = models.CharField("状态", max_length=10, choices=State, default=State.HANDLING)
    version = models.PositiveIntegerField("版本", default=1)
    channel = models.CharField("渠道", max_length=4)
    account_id = models.BigIntegerField("申请人账号", null=True)
    submitted_by = models.BigIntegerField("提交人账号")
    agent_for = models.BigIntegerField("代理的法人账号", null=True)
    applicant_kind = models.CharField("申请人类型", max_length=2)
    applicant_name = models.CharField("申请人", max_length=200)
    id_index = models.CharField("证件索引", max_length=64)
    applicant = EncryptedTextField("申请人档案")
    by_window = models.BooleanField("窗口代收", default=False)
    form = EncryptedTextField("合一表单")
    answers = models.JSONField("情形", default=dict)
    item_versions = models.JSONField("提交时的事项版本", default=dict)
    materials = models.JSONField("合并材料", default=dict)
    late_promise = models.BooleanField("已签容缺承诺", default=False)
    agent = EncryptedTextField("代理人", default="")
    promise_days = models.PositiveIntegerField("承诺工作日")
    joint_limit = models.PositiveIntegerField("联合办理上限（工作日）", default=0)
    accepted_at = models.DateTimeField("首件受理", null=True)
    submitted_at = models.DateTimeField("提交时间")
    finished_at = models.DateTimeField("完结时间", null=True)
    choice = models.CharField("申请人选择", max_length=10, choices=Choice, blank=True, default="")
    asked_at = models.DateTimeField("请申请人选择", null=True)
    pickup = models.CharField("领取方式", max_length=10, choices=Pickup, default=Pickup.WINDOW)
    address = EncryptedTextField("收件信息", default="")
    score = models.PositiveSmallIntegerField("评价", null=True)
    comment = EncryptedTextField("评价内容", default="")
    scored_at = models.DateTimeField("评价时间", null=True)
    idempotency_key = models.CharField("防重键", max_length=80)
    extended_by = models.CharField("延长批准人", max_length=100, blank=True, default="")
    extended_reason = models.CharField("延长理由", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "一件事母件"
        ordering = ("-submitted_at", "-id")
        indexes = (
            models.Index(fields=["account_id", "-submitted_at"], name="joint_bundle_mine"),
            models.Index(fields=["state", "-submitted_at"], name="joint_bundle_state"),
        )
        constraints = (models.UniqueConstraint(fields=["submitted_by", "idempotency_key"], name="joint_bundle_once"),)

    def __str__(self) -> str:
        return self.omni_no


class Member(models.Model):
    """子件。没提交（等前一件）时没有办件编号；提交后 `state` 是办件状态的投影，按版本号只进不退。"""

    class Stage(models.TextChoices):
        WAITING = "waiting", "等前一件准予"
        RUNNING = "running", "办理中"
        HELD = "held", "没能自动提交"
        STOPPED = "stopped", "前一件没有准予，不再办"
        CANCELLED = "cancelled", "申请人撤回"
        GRANTED = "granted", "准予"
        FAILED = "failed", "没有准予"

    bundle = models.ForeignKey(Bundle, models.PROTECT, related_name="members")
    order = models.PositiveSmallIntegerField("次序")
    part = models.CharField("代号", max_length=16)
    label = models.CharField("叫法", max_length=100)
    item_code = models.CharField("事项", max_length=40)
    item_name = models.CharField("事项名称", max_length=200)
    department = models.CharField("部门", max_length=32)
    department_name = models.CharField("部门名称", max_length=200)
    after = models.JSONField("等谁", default=list)
    stage = models.CharField("阶段", max_length=10, choices=Stage, default=Stage.WAITING)
    case_no = models.CharField("办件编号", max_length=50, blank=True, default="")
    case_state = models.CharField("办件状态", max_length=16, blank=True, default="")
    case_version = models.PositiveIntegerField("办件版本", default=0)
    reason = models.CharField("说明", max_length=300, blank=True, default="")
    released_at = models.DateTimeField("提交时间", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "一件事子件"
        ordering = ("order",)
        constraints = (
            models.UniqueConstraint(fields=["bundle", "part"], name="joint_member_part"),
            models.UniqueConstraint(fields=["case_no"], condition=~Q(case_no=""), name="joint_member_case"),
        )

    def __str__(self) -> str:
        return f"{self.bundle_id} {self.part}"


class Enterprise(models.Model):
    """企业信息表：市场监管推送的登记信息，以统一社会信用代码为准。法定代表人与电话加密。"""

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=200)
    kind = models.CharField("市场主体类型", max_length=60, blank=True, default="")
    scope = models.TextField("经营范围")
    address = models.CharField("住所", max_length=300, blank=True, default="")
    legal_name = EncryptedTextField("法定代表人", default="")
    mobile = EncryptedTextField("联系电话", default="")
    capital = models.DecimalField("注册资本（万元）", max_digits=14, decimal_places=4, null=True)
    registered_on = models.DateField("登记日期")
    authority = models.CharField("登记机关", max_length=200, blank=True, default="")
    scope_digest = models.CharField("经营范围摘要", max_length=64)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = "企业登记信息"

    def __str__(self) -> str:
        return self.name


class NoticeBatch(models.Model):
    """一批双告知。同一来源同一批号只收一次；再来的只补没收进的行。"""

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField("来源", max_length=40)
    number = models.CharField("批号", max_length=64)
    total = models.PositiveIntegerField("行数", default=0)
    taken = models.PositiveIntegerField("收进", default=0)
    repeated = models.PositiveIntegerField("重复", default=0)
    prompts = models.PositiveIntegerField("生成提示", default=0)
    errors = models.JSONField("坏行", default=list)
    actor_name = models.CharField("导入人", max_length=100)
    created_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = "双告知批次"
        ordering = ("-created_at", "-id")
        constraints = (models.UniqueConstraint(fields=["source", "number"], name="joint_batch_once"),)

    def __str__(self) -> str:
        return f"{self.source} {self.number}"


class BatchEnterprise(models.Model):
    """一批里已收进的企业：同一企业同一批次重复导入不重复。"""

    batch = models.ForeignKey(NoticeBatch, models.CASCADE, related_name="rows")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="batches")

    class Meta:
        verbose_name = "批次企业"
        constraints = (models.UniqueConstraint(fields=["batch", "enterprise"], name="joint_batch_enterprise"),)

    def __str__(self) -> str:
        return f"{self.batch_id} {self.enterprise_id}"


class ScopeRule(models.Model):
    """经营范围 → 后置许可事项。词命中任一即触发，带排除词的不触发（PD，可改）。"""

    item_code = models.CharField("事项", max_length=40, unique=True)
    words = models.JSONField("触发词", default=list)
    excludes = models.JSONField("排除词", default=list)
    theme_code = models.CharField("对应主题", max_length=24, blank=True, default="")
    basis = models.CharField("依据", max_length=200, blank=True, default="")
    active = models.BooleanField("启用", default=True)
    editor_name = models.CharField("最后修改人", max_length=100, blank=True, default="")
    updated_at = models.DateTimeField("最后修改", auto_now=True)

    class Meta:
        verbose_name = "经营范围规则"
        ordering = ("item_code",)

    def __str__(self) -> str:
        return self.item_code


class Prompt(models.Model):
    """一条后置审批提示：部门的待办，企业的提醒。"""

    class State(models.TextChoices):
        OPEN = "open", "待认领"
        CLAIMED = "claimed", "已认领"
        CONTACTED = "contacted", "已联系"
        APPLIED = "applied", "已申请"
        NEEDLESS = "needless", "无需办理"

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="prompts")
    batch = models.ForeignKey(NoticeBatch, models.PROTECT, related_name="made")
    item_code = models.CharField("事项", max_length=40)
    item_name = models.CharField("事项名称", max_length=200)
    department = models.CharField("部门", max_length=32)
    theme_code = models.CharField("主题", max_length=24, blank=True, default="")
    words = models.JSONField("命中的词", default=list)
    scope_digest = models.CharField("经营范围摘要", max_length=64)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField("版本", default=1)
    handler_id = models.BigIntegerField("经办人", null=True)
    handler_name = models.CharField("经办人姓名", max_length=100, blank=True, default="")
    note = models.CharField("说明", max_length=200, blank=True, default="")
    case_no = models.CharField("办件编号", max_length=50, blank=True, default="")
    created_at = models.DateTimeField("生成时间")
    handled_at = models.DateTimeField("处理时间", null=True)

    class Meta:
        verbose_name = "后置审批提示"
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=["department", "state", "-created_at"], name="joint_prompt_todo"),)
        constraints = (models.UniqueConstraint(fields=["enterprise", "item_code", "scope_digest"], name="joint_prompt_once"),)

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.item_code}"
