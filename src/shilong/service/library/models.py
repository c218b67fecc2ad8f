"""材料库的表。"""

import uuid

from django.db import models

from shilong.foundation.gm.fields import EncryptedTextField
from shilong.foundation.records import AppendOnly


class Paper(models.Model):
    """库里的一份：交过的材料，或本人维护的证明。内容是一组文件，入库后不换，要换就另存一份。"""

    class Kind(models.TextChoices):
        MATERIAL = "material", "材料"
        PROOF = "proof", "证明"

    class Origin(models.TextChoices):
        APPLY = "apply", "网上申报"
        WINDOW = "window", "窗口收取"
        OWN = "own", "自己添加"

    class Checked(models.TextChoices):
        NONE = "", "未核验"
        WINDOW = "window", "窗口核过原件"
        SHARE = "share", "共享数据核验"

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    holder_index = models.CharField("主体检索索引", max_length=64)
    name = models.CharField("名称", max_length=120)
    number = EncryptedTextField("编号", default="")
    issuer = models.CharField("出具单位", max_length=120, blank=True, default="")
    issued_on = models.DateField("出具日期", null=True)
    valid_until = models.DateField("有效期至", null=True)
    note = models.CharField("备注", max_length=200, blank=True, default="")
    origin = models.CharField("来源", max_length=10, choices=Origin.choices)
    case_no = models.CharField("来源办件", max_length=50, blank=True, default="")
    item_code = models.CharField("来源事项", max_length=40, blank=True, default="")
    item_name = models.CharField("来源事项名称", max_length=200, blank=True, default="")
    department = models.CharField("来源部门", max_length=32, blank=True, default="")
    file_ids = models.JSONField("文件", default=list)
    digest = models.CharField("内容的 SM3", max_length=64)
    checked = models.CharField("核验", max_length=10, choices=Checked.choices, blank=True, default=Checked.NONE)
    checked_by = models.CharField("核验人", max_length=160, blank=True, default="")
    checked_at = models.DateTimeField("核验时间", null=True)
    times = models.PositiveIntegerField("用过几次", default=0)
    created_at = models.DateTimeField("入库时间")

    class Meta:
        verbose_name = "库存材料"
        constraints = [models.UniqueConstraint(fields=["holder_index", "kind", "digest"], name="paper_content_once")]
        indexes = [models.Index(fields=["holder_index", "kind", "-created_at"], name="paper_mine")]

    def __str__(self) -> str:
        return self.name


class PaperCode(models.Model):
    """出示码：短时、一次性、可撤销，只存摘要。"""

    digest = models.CharField("码的摘要", max_length=64, unique=True)
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="codes")
    account_id = models.BigIntegerField("出示人账号")
    purpose = models.CharField("用途", max_length=100)
    created_at = models.DateTimeField("出示时间")
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("使用时间", null=True)
    revoked_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "出示码"

    def __str__(self) -> str:
        return f"{self.paper_id} {self.created_at:%Y-%m-%d %H:%M}"


class PaperUse(AppendOnly):
    """谁用过：扫码调用、申报选用、被拒绝的都记。不引用 `Paper`，本人删掉材料之后记录还在。"""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    paper_uid = models.UUIDField("材料", db_index=True)
    paper_name = models.CharField("材料名称", max_length=120)
    holder_index = models.CharField("主体检索索引", max_length=64)
    action = models.CharField("做了什么", max_length=12)
    cause = models.CharField("事由", max_length=200)
    department_name = models.CharField("部门", max_length=120, blank=True, default="")
    user_id = models.BigIntegerField("使用人账号", null=True)
    user_name = models.CharField("使用人", max_length=100)
    item_code = models.CharField("事项", max_length=40, blank=True, default="")
    result = models.CharField("结果", max_length=8, default="ok")
    ip = models.CharField("来源地址", max_length=45, blank=True, default="")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "材料使用记录"
        indexes = [models.Index(fields=["holder_index", "-at"], name="paper_use_holder")]

    def __str__(self) -> str:
        return f"{self.user_name} {self.action} {self.paper_name}"


class Reuse(AppendOnly):
    """一件办件里少交的一份材料：用了证照、库里的材料或证明。"""

    case_no = models.CharField("办件编号", max_length=50)
    material_code = models.CharField("材料编码", max_length=20)
    material_name = models.CharField("材料名称", max_length=300)
    source = models.CharField("取自", max_length=12)
    item_code = models.CharField("事项", max_length=40)
    item_name = models.CharField("事项名称", max_length=200)
    department = models.CharField("部门", max_length=32, db_index=True)
    at = models.DateTimeField("提交时间", db_index=True)

    class Meta:
        verbose_name = "复用记录"
        constraints = [models.UniqueConstraint(fields=["case_no", "material_code"], name="reuse_once")]

    def __str__(self) -> str:
        return f"{self.case_no} {self.material_name}"


class Preference(models.Model):
    """要不要在申报时问“存入材料库”。没有这一行就是问。"""

    holder_index = models.CharField("主体检索索引", max_length=64, primary_key=True)
    ask = models.BooleanField("申报时询问", default=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = "材料库设置"

    def __str__(self) -> str:
        return f"{self.ask}"
