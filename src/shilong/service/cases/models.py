"""办件的表。`CaseEvent` 追加写，是履历；`Case` 是它的投影（列表与检索用，行窄）；敏感与大字段在 `Dossier`。"""

from django.db import models
from django.db.models import Q

from shilong.foundation.gm.fields import EncryptedTextField
from shilong.foundation.records import AppendOnly
from shilong.service.cases.rules.states import INTAKE, OPEN, State

_OPEN = sorted(OPEN)


class Case(models.Model):
    """办件投影。到期日列由时钟账本与工作日历推算写入，不接受人工赋值。"""

    case_no = models.CharField("申请编号", max_length=50, unique=True)
    state = models.CharField("状态", max_length=16)
    version = models.PositiveIntegerField("版本", default=1)

    item_code = models.CharField("业务办理项编码", max_length=50)
    item_version = models.PositiveIntegerField("事项版本")
    item_name = models.CharField("事项名称", max_length=200)
    item_type = models.CharField("事项类型", max_length=4)
    form_code = models.CharField("表单", max_length=64, blank=True, default="")
    form_version = models.PositiveIntegerField("表单版本", default=0)
    project_type = models.CharField("办件类型", max_length=2)
    department = models.CharField("受理部门", max_length=32)
    department_name = models.CharField("受理部门名称", max_length=120)
    plan = models.JSONField("审查方案快照", default=dict)
    policy = models.JSONField("时限与特别程序快照", default=dict)
    channel = models.CharField("渠道", max_length=2)

    account_id = models.BigIntegerField("申请人账号", null=True)
    submitted_by = models.BigIntegerField("提交人账号", null=True)
    submitter_name = models.CharField("提交人", max_length=100)
    applicant_kind = models.CharField("申请人类型", max_length=2)
    applicant_name = models.CharField("申请人", max_length=100)
    id_index = models.CharField("证件号检索索引", max_length=64)
    mobile_index = models.CharField("手机检索索引", max_length=64, blank=True, default="")

    submitted_at = models.DateTimeField("提交时间")
    received_at = models.DateTimeField("收件时间", null=True)
    accepted_at = models.DateTimeField("受理时间", null=True)
    decided_at = models.DateTimeField("决定时间", null=True)
    delivered_at = models.DateTimeField("送达时间", null=True)
    finished_at = models.DateTimeField("办结时间", null=True)
    result = models.CharField("决定", max_length=8, blank=True, default="")
    accepted_by = models.CharField("受理人", max_length=100, blank=True, default="")

    notice_due = models.DateTimeField("告知到期", null=True)
    promise_due = models.DateTimeField("承诺到期", null=True)
    legal_due = models.DateTimeField("法定到期", null=True)
    delivery_due = models.DateTimeField("送达到期", null=True)
    answer_due = models.DateTimeField("补正答复期限", null=True)
    late_due = models.DateTimeField("容缺补齐期限", null=True)
    due_at = models.DateTimeField("当前到期", null=True, help_text="当前环节对应的到期日，列表排序用；停表时为空")

    round_index = models.SmallIntegerField("当前审查轮次", default=-1)
    supplements = models.PositiveSmallIntegerField("补正告知次数", default=0)
    extended_days = models.PositiveSmallIntegerField("延长天数", default=0)
    late_pending = models.BooleanField("容缺材料未补齐", default=False)
    late_urged = models.BooleanField("已催告补齐", default=False)
    committed = models.BooleanField("告知承诺办理", default=False)
    auto_accepted = models.BooleanField("逾期视为受理", default=False)
    corrected = models.BooleanField("有数据更正", default=False)

    idempotency_key = models.CharField("防重复提交键", max_length=80, blank=True, default="")
    digest = models.CharField("提交内容摘要", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "办件"
        constraints = [
            models.UniqueConstraint("submitted_by", "idempotency_key", condition=~Q(idempotency_key=""), name="case_submit_once"),
            models.CheckConstraint(condition=Q(state__in=sorted(State)), name="case_state_known"),
            models.CheckConstraint(condition=Q(result__in=["", "grant", "deny"]), name="case_result_known"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id", "state"], condition=Q(state__in=_OPEN), name="case_open_due_state"),
            # 不写成部分索引：SQLite 里带参数的 IN 列表认不出部分索引，待办列表会扫全表。
            models.Index(fields=["state", "department", "due_at"], name="case_state"),
            models.Index(fields=["notice_due"], condition=Q(state__in=sorted(INTAKE)), name="case_notice_due"),
            models.Index(fields=["answer_due"], condition=Q(state=State.SUPPLEMENTING), name="case_answer_due"),
            models.Index(fields=["late_due"], condition=Q(late_pending=True), name="case_late_due"),
            models.Index(fields=["account_id", "-submitted_at"], name="case_mine"),
            models.Index(fields=["submitted_by", "-submitted_at"], name="case_submitted_by"),
            models.Index(fields=["id_index", "item_code"], name="case_applicant_item"),
            models.Index(fields=["mobile_index"], condition=~Q(mobile_index=""), name="case_mobile"),
            models.Index(fields=["item_code", "-submitted_at"], name="case_item"),
            models.Index(fields=["department", "-submitted_at"], name="case_department"),
            models.Index(fields=["-submitted_at", "-id"], name="case_submitted"),
            # 姓名按前缀查：PostgreSQL 的默认排序规则用不上普通索引，要指明按字节比较；SQLite 忽略 opclasses。
            models.Index(fields=["applicant_name"], name="case_applicant_like", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["-decided_at"], condition=Q(decided_at__isnull=False), name="case_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.item_name}"


class Dossier(models.Model):
    """办件卷宗：申请表、申请人证件与联系方式（加密）。列表与动作都不读它。"""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="dossier")
    query_code = EncryptedTextField("查询码")
    form = EncryptedTextField("申请表（JSON）")
    situation = models.JSONField("情形选择", default=dict)
    id_type = models.CharField("证件类型", max_length=4)
    id_no = EncryptedTextField("证件号码")
    mobile = EncryptedTextField("手机", blank=True, default="")
    legal_name = models.CharField("法定代表人", max_length=100, blank=True, default="")
    address = EncryptedTextField("地址", blank=True, default="")
    agent = EncryptedTextField("代理人（JSON）", blank=True, default="")

    class Meta:
        verbose_name = "卷宗"

    def __str__(self) -> str:
        return f"{self.pk}"


class CaseMaterial(models.Model):
    """材料快照。补正与补交产生新批次，旧批次标为被替换但不删除。"""

    case = models.ForeignKey(Case, models.CASCADE, related_name="materials")
    code = models.CharField("材料编码", max_length=16)
    name = models.CharField("材料名称", max_length=300)
    need = models.CharField("必要性", max_length=2)
    file_ids = models.JSONField("文件", default=list)
    source = models.CharField("来源", max_length=12, default="upload")
    late = models.BooleanField("容缺", default=False)
    late_due = models.DateTimeField("补齐期限", null=True)
    batch = models.PositiveSmallIntegerField("批次", default=1)
    provided_at = models.DateTimeField("提供时间", null=True)
    replaced = models.BooleanField("已被替换", default=False)

    class Meta:
        verbose_name = "办件材料"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Task(models.Model):
    """待办：审查、决定、批准。停表不关任务；轮次退回时旧任务标 `returned`。"""

    class Stage(models.TextChoices):
        REVIEW = "review", "审查"
        DECIDE = "decide", "决定"
        APPROVE = "approve", "批准"

    class Status(models.TextChoices):
        OPEN = "open", "待办"
        DONE = "done", "已办"
        SKIPPED = "skipped", "无需再办"
        RETURNED = "returned", "已退回"

    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    stage = models.CharField("环节", max_length=8, choices=Stage)
    round = models.SmallIntegerField("轮次", default=0)
    attempt = models.PositiveSmallIntegerField("第几次", default=1)
    key = models.CharField("键", max_length=32)
    name = models.CharField("名称", max_length=80)
    department = models.CharField("部门", max_length=32)
    outside = models.BooleanField(
        "派给受理部门之外", default=False, db_default=False, help_text="部门列表只需为外部门的待办多查一次，不必逐件去问"
    )
    role = models.CharField("角色", max_length=16)
    assignee_id = models.BigIntegerField("指定办理人", null=True)
    assignee_name = models.CharField("指定办理人", max_length=100, blank=True, default="")
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.OPEN)
    result = models.CharField("结果", max_length=12, blank=True, default="")
    opinion = models.TextField("意见", blank=True, default="")
    opened_at = models.DateTimeField("开始")
    due_at = models.DateTimeField("环节到期", null=True)
    done_at = models.DateTimeField("完成", null=True)
    done_by = models.CharField("办理人", max_length=100, blank=True, default="")
    done_by_id = models.BigIntegerField("办理人账号", null=True)

    class Meta:
        verbose_name = "待办"
        indexes = [
            models.Index(fields=["department", "role", "due_at"], condition=Q(status="open"), name="task_open"),
            models.Index(fields=["department", "case"], condition=Q(outside=True), name="task_outside"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.status}"


class ClockSegment(models.Model):
    """时钟账本的一段。"""

    case = models.ForeignKey(Case, models.CASCADE, related_name="segments")
    kind = models.CharField("钟", max_length=8)
    mode = models.CharField("性质", max_length=6)
    started_at = models.DateTimeField("起")
    ended_at = models.DateTimeField("止", null=True)
    basis = models.CharField("法律依据", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "时钟账本"
        constraints = [
            models.UniqueConstraint("case", "kind", "mode", condition=Q(ended_at__isnull=True), name="segment_one_open"),
            models.CheckConstraint(condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")), name="segment_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.mode}"


class CaseEvent(AppendOnly):
    """履历：谁、何时、依据什么、把什么变成什么。`changes` 是投影列的新值，重放它们就得到 `Case`。"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="history")
    seq = models.PositiveIntegerField("序号")
    action = models.CharField("动作", max_length=16)
    source = models.CharField("来源状态", max_length=16, blank=True, default="")
    target = models.CharField("目标状态", max_length=16)
    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("账号", null=True)
    actor_name = models.CharField("办理人", max_length=100)
    department = models.CharField("办理人部门", max_length=32, blank=True, default="")
    note = models.TextField("说明", blank=True, default="")
    basis = models.CharField("法条", max_length=120, blank=True, default="")
    data = models.JSONField("内容", default=dict)
    changes = models.JSONField("投影变化", default=dict)
    secret = EncryptedTextField("敏感内容（JSON）", blank=True, default="")

    class Meta:
        verbose_name = "办件履历"
        constraints = [models.UniqueConstraint("case", "seq", name="event_in_order")]
        indexes = [models.Index(fields=["actor_id", "-at"], name="event_by_actor")]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class Correction(models.Model):
    """补正告知：逐项写材料、问题、依据。"""

    case = models.ForeignKey(Case, models.CASCADE, related_name="corrections")
    number = models.CharField("文书编号", max_length=64)
    items = models.JSONField("补正事项")
    informed_at = models.DateTimeField("告知时间")
    deadline = models.DateTimeField("答复期限")
    submitted_at = models.DateTimeField("补正提交时间", null=True)
    informed_by = models.CharField("告知人", max_length=100)
    reason = models.TextField("再次补正原因", blank=True, default="")
    approved_by = models.CharField("批准人", max_length=100, blank=True, default="")

    class Meta:
        verbose_name = "补正告知"

    def __str__(self) -> str:
        return f"{self.number}"


class ApprovalRequest(models.Model):
    """要负责人批准的事：延期、再次补正。"""

    class Status(models.TextChoices):
        PENDING = "pending", "待批准"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"

    case = models.ForeignKey(Case, models.CASCADE, related_name="requests")
    action = models.CharField("动作", max_length=16)
    payload = models.JSONField("内容")
    reason = models.TextField("理由")
    requested_at = models.DateTimeField("申请时间")
    requested_by = models.CharField("申请人", max_length=100)
    requested_by_id = models.BigIntegerField("申请人账号", null=True)
    requester_department = models.CharField("申请人部门", max_length=32, blank=True, default="")
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.PENDING)
    decided_at = models.DateTimeField("批准时间", null=True)
    decided_by = models.CharField("批准人", max_length=100, blank=True, default="")
    opinion = models.TextField("批准意见", blank=True, default="")

    class Meta:
        verbose_name = "批准申请"
        constraints = [models.UniqueConstraint("case", condition=Q(status="pending"), name="request_one_pending")]

    def __str__(self) -> str:
        return f"{self.action} {self.status}"


class SpecialProcedure(models.Model):
    """特别程序：种类、依据、是否停表、书面告知的所需时间。"""

    case = models.ForeignKey(Case, models.CASCADE, related_name="specials")
    kind = models.CharField("种类", max_length=32)
    name = models.CharField("名称", max_length=80)
    basis = models.CharField("依据", max_length=200)
    pauses = models.BooleanField("停表")
    min_inspectors = models.PositiveSmallIntegerField("最少核查人数", default=0)
    reason = models.TextField("启动理由")
    days = models.PositiveSmallIntegerField("所需时间（工作日）")
    started_at = models.DateTimeField("启动时间")
    expected_at = models.DateTimeField("预计结束", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    result = models.TextField("结果", blank=True, default="")
    inspectors = models.JSONField("核查人员", default=list)
    number = models.CharField("告知书编号", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "特别程序"
        constraints = [models.UniqueConstraint("case", condition=Q(ended_at__isnull=True), name="special_one_running")]

    def __str__(self) -> str:
        return f"{self.name}"


class Delivery(models.Model):
    """送达登记。"""

    case = models.OneToOneField(Case, models.CASCADE, related_name="delivery")
    way = models.CharField("方式", max_length=2)
    receiver = models.CharField("领取人", max_length=100)
    id_no = EncryptedTextField("领取人证件", blank=True, default="")
    signed_at = models.DateTimeField("签收时间")
    tracking_no = models.CharField("物流单号", max_length=64, blank=True, default="")
    evidence_file_id = models.CharField("签收凭据", max_length=36, blank=True, default="")
    number = models.CharField("送达回证编号", max_length=64, blank=True, default="")
    registered_by = models.CharField("登记人", max_length=100)

    class Meta:
        verbose_name = "送达"

    def __str__(self) -> str:
        return f"{self.way} {self.number}"


class Flag(AppendOnly):
    """监察标记：逾期视为受理（R3）、二次补正（R4）等，供监察与统计读取。"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="flags")
    rule = models.CharField("规则", max_length=8)
    note = models.CharField("说明", max_length=300)
    at = models.DateTimeField("时间", db_index=True)

    class Meta:
        verbose_name = "监察标记"

    def __str__(self) -> str:
        return f"{self.rule} {self.note}"


class CodeAttempt(models.Model):
    """凭查询码查进度的失败计数：键是来源地址、申请编号或二者之合，防穷举。"""

    key = models.CharField("键", max_length=80, primary_key=True)
    failures = models.PositiveSmallIntegerField("失败次数", default=0)
    since = models.DateTimeField("起算时间")
    locked_until = models.DateTimeField("锁定到", null=True)

    class Meta:
        verbose_name = "查询失败计数"

    def __str__(self) -> str:
        return f"{self.key} {self.failures}"
