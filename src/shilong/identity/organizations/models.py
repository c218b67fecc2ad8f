"""部门、岗位、工作人员。"""

from django.db import models

from shilong.identity.roles.actor import Scope


class Department(models.Model):
    """一个部门。`key` 是全平台引用部门的稳定键，`number` 是办件编号里的三位部门序号，都一经使用不再改。"""

    key = models.CharField("部门键", max_length=16, unique=True)
    code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=100, unique=True)
    short_name = models.CharField("简称", max_length=50)
    number = models.CharField("三位序号", max_length=3, unique=True)
    region = models.CharField("行政区划", max_length=12, default="410404")
    parent = models.ForeignKey("self", verbose_name="上级", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    phone = models.CharField("咨询电话", max_length=40, blank=True, default="")
    address = models.CharField("地址", max_length=200, blank=True, default="")
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["order", "number"]

    def __str__(self) -> str:
        return self.short_name


class Position(models.Model):
    """部门里的一个岗位，如“受理岗”“首席代表”。"""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="positions")
    name = models.CharField("岗位", max_length=50)

    class Meta:
        ordering = ["department_id", "name"]
        constraints = [models.UniqueConstraint(fields=["department", "name"], name="position_once_per_department")]

    def __str__(self) -> str:
        return self.name


class Staff(models.Model):
    """工作人员的任职：属于哪个部门、什么岗位、在哪个窗口、能看多大范围。"""

    account = models.OneToOneField("accounts.Account", on_delete=models.PROTECT, related_name="staff", primary_key=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="staff")
    position = models.ForeignKey(Position, null=True, blank=True, on_delete=models.SET_NULL, related_name="staff")
    window = models.CharField("窗口", max_length=20, blank=True, default="")
    scope = models.CharField("数据范围", max_length=12, default=Scope.DEPARTMENT)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(scope__in=[item.value for item in Scope]), name="staff_scope_known")]

    def __str__(self) -> str:
        return f"{self.account_id}@{self.department_id}"
