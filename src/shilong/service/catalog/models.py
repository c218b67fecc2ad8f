"""事项的表。内容（要素）是 JSON，只有检索、排序、约束用得到的才成列。"""

from django.db import models
from django.db.models import Q


class TaskDirectory(models.Model):
    """基本目录：国家、省统一的名称、类型、依据与 12 位基本编码（standards §1.2）。"""

    catalog_code = models.CharField("基本编码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=1000)
    task_type = models.CharField("事项类型", max_length=2)

    class Meta:
        verbose_name = "基本目录"

    def __str__(self) -> str:
        return self.name


class TaskImplement(models.Model):
    """实施清单：某个实施主体对目录的一条落地记录，31 位实施编码。"""

    task_code = models.CharField("实施编码", max_length=36, unique=True)
    directory = models.ForeignKey(TaskDirectory, models.PROTECT, related_name="implements", verbose_name="基本目录")
    department = models.CharField("部门键", max_length=32, db_index=True)
    department_code = models.CharField("实施主体代码", max_length=18)
    local_code = models.CharField("地方实施编码", max_length=50, blank=True)

    class Meta:
        verbose_name = "实施清单"

    def __str__(self) -> str:
        return self.task_code


class Item(models.Model):
    """业务办理项：最小的办理情形，33 位编码。`current` 是正在对外的版本，没有就是从未发布。"""

    class State(models.TextChoices):
        """在用状态（国家口径 task_state）。"""

        ACTIVE = "1", "在用"
        PAUSED = "2", "暂停"
        CANCELLED = "3", "取消"

    code = models.CharField("业务办理项编码", max_length=50, unique=True)
    implement = models.ForeignKey(TaskImplement, models.PROTECT, related_name="items", verbose_name="实施清单")
    state = models.CharField("在用状态", max_length=2, choices=State.choices, default=State.ACTIVE)
    state_reason = models.CharField("暂停或取消的原因", max_length=200, blank=True)
    current = models.OneToOneField("ItemVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="现行版本")
    latest = models.PositiveIntegerField("最大版本号", default=0)
    order = models.PositiveIntegerField("排序", default=0)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "业务办理项"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.code


class ItemVersion(models.Model):
    """事项的一个版本。发布之后内容不可变；草稿、待审核、驳回的版本每个事项至多一个。"""

    class Edit(models.TextChoices):
        """本地流程状态（edit_state，PD）。"""

        DRAFT = "0", "待提交"
        REVIEWING = "1", "待审核"
        PUBLISHED = "2", "已发布"
        REJECTED = "3", "审核驳回"

    item = models.ForeignKey(Item, models.CASCADE, related_name="versions", verbose_name="业务办理项")
    number = models.PositiveIntegerField("版本号")
    edit_state = models.CharField("流程状态", max_length=2, choices=Edit.choices, default=Edit.DRAFT)
    revision = models.PositiveIntegerField("修改次数", default=1)
    content = models.JSONField("要素")
    digest = models.CharField("内容摘要", max_length=64)
    name = models.CharField("名称", max_length=1000)
    department = models.CharField("部门键", max_length=32, db_index=True)
    task_type = models.CharField("事项类型", max_length=2)
    change_note = models.CharField("修改说明", max_length=500, blank=True)
    editor_id = models.BigIntegerField("最近编辑人", null=True, blank=True)
    editor_name = models.CharField("最近编辑人姓名", max_length=100, blank=True)
    editors = models.JSONField("改过这一版的人", default=list)  # 账号编号；改过的人都不能审核
    submitter_id = models.BigIntegerField("提交人", null=True, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    reviewer_id = models.BigIntegerField("审核人", null=True, blank=True)
    reviewer_name = models.CharField("审核人姓名", max_length=100, blank=True)
    opinion = models.CharField("审核意见", max_length=500, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = "事项版本"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="catalog_version_number"),
            models.UniqueConstraint(fields=["item"], condition=~Q(edit_state="2"), name="catalog_one_open_version"),
            models.CheckConstraint(
                condition=Q(reviewer_id__isnull=True) | Q(submitter_id__isnull=True) | ~Q(reviewer_id=models.F("submitter_id")),
                name="catalog_no_self_review",
            ),
            models.CheckConstraint(
                condition=Q(reviewer_id__isnull=True) | Q(editor_id__isnull=True) | ~Q(reviewer_id=models.F("editor_id")),
                name="catalog_editor_not_reviewer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} 第{self.number}版"


class Revision(models.Model):
    """目录版本标记：一行。每次发布、下线、改同义词换一个随机值，进程内的索引据此失效。"""

    key = models.CharField("键", max_length=20, primary_key=True)
    token = models.CharField("标记", max_length=32)

    class Meta:
        verbose_name = "目录版本标记"

    def __str__(self) -> str:
        return self.token


class Synonym(models.Model):
    """同义词：群众的说法 → 事项里的词。`targets` 以空格分隔。"""

    term = models.CharField("群众的说法", max_length=40, unique=True)
    targets = models.CharField("对应的事项用词", max_length=200)
    updated_by = models.CharField("修改人", max_length=100, blank=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = "同义词"
        ordering = ["term"]

    def __str__(self) -> str:
        return self.term


class NoticeCopy(models.Model):
    """已签发的一次性告知单：同一事项版本、同一情形、同一天只有一份，下载多少次都是它。"""

    key = models.CharField("事项版本、情形与日期的摘要", max_length=64, unique=True)
    number = models.CharField("文书编号", max_length=64)
    source = models.CharField("来源地址的索引", max_length=64, blank=True)
    created_at = models.DateTimeField("签发时间")

    class Meta:
        verbose_name = "告知单"
        indexes = [models.Index(fields=["source", "created_at"], name="catalog_notice_source")]

    def __str__(self) -> str:
        return self.number


class ZeroResult(models.Model):
    """没有搜到事项的词，按次数排，管理员据此补同义词或事项。"""

    term = models.CharField("搜索词", max_length=60, unique=True)
    times = models.PositiveIntegerField("次数", default=1)
    first_at = models.DateTimeField("首次", auto_now_add=True)
    last_at = models.DateTimeField("最近", auto_now=True)
    handled_by = models.CharField("处理人", max_length=100, blank=True)
    handled_note = models.CharField("处理办法", max_length=200, blank=True)

    class Meta:
        verbose_name = "零结果词"
        ordering = ["-times", "-last_at"]

    def __str__(self) -> str:
        return self.term


class UpstreamDiff(models.Model):
    """上级清单与本地不一致的一项：等人决定采用还是保留。"""

    class Kind(models.TextChoices):
        ADDED = "added", "上级新增"
        CHANGED = "changed", "要素不同"
        REMOVED = "removed", "上级已取消"

    class Decision(models.TextChoices):
        PENDING = "", "待处理"
        ADOPTED = "adopted", "已采用"
        KEPT = "kept", "保留本地"

    batch = models.CharField("导入批次", max_length=32, db_index=True)
    item_code = models.CharField("业务办理项编码", max_length=50)
    name = models.CharField("名称", max_length=1000)
    kind = models.CharField("差别", max_length=10, choices=Kind.choices)
    field = models.CharField("要素", max_length=40, blank=True)
    local = models.JSONField("本地内容", null=True, blank=True)
    upstream = models.JSONField("上级内容", null=True, blank=True)
    decision = models.CharField("处理", max_length=10, choices=Decision.choices, default=Decision.PENDING, blank=True)
    decided_by = models.CharField("处理人", max_length=100, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    created_at = models.DateTimeField("导入时间", auto_now_add=True)

    class Meta:
        verbose_name = "与上级清单的差别"
        ordering = ["item_code", "field"]
        constraints = [models.UniqueConstraint(fields=["batch", "item_code", "field"], name="catalog_diff_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.field}"
