"""印章、版本、申请、履历、授权、用章日志、手写签名。全部不许物理删除（迁移 0002 的触发器）。"""

from django.db import models

from shilong.foundation.gm.fields import EncryptedTextField
from shilong.foundation.records import AppendOnly
from shilong.service.seals.rules import ApplicationStatus, SealStatus
from shilong.service.seals.rules.lifecycle import LIVE


class Maker(models.Model):
    """制章机构：给印章签名的证书与私钥。私钥由 `gm.keystore` 加密。"""

    certificate = models.BinaryField("证书")
    key_name = models.CharField("密钥名", max_length=64)
    key = models.TextField("加密的私钥")
    not_after = models.DateTimeField("证书到期")
    created_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = "制章机构"

    def __str__(self) -> str:
        return self.key_name


class Seal(models.Model):
    """一枚印章。`version` 是现行版本，0 表示还没有制成。"""

    seal_no = models.CharField("印章编号", max_length=32, unique=True)
    name = models.CharField("印章名称", max_length=120)
    kind = models.CharField("种类", max_length=2)
    department = models.CharField("所属部门", max_length=32)
    department_name = models.CharField("所属部门名称", max_length=120)
    holder = models.CharField("名章姓名", max_length=60, blank=True, default="")
    status = models.CharField("状态", max_length=12, default=SealStatus.PREPARING)
    version = models.PositiveSmallIntegerField("现行版本", default=0)
    valid_until = models.DateTimeField("有效期至", null=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "印章"
        constraints = [models.CheckConstraint(condition=models.Q(status__in=sorted(SealStatus)), name="seal_status_known")]
        indexes = [
            models.Index(fields=["department", "kind", "status"], name="seal_department"),
            models.Index(fields=["status", "valid_until"], name="seal_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.seal_no} {self.name}"


class SealVersion(models.Model):
    """印章的一个版本：章图、证书、私钥与 SESeal。`superseded_at` 之后不能再签。"""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField("版本")
    es_id = models.CharField("印章标识", max_length=40, unique=True)
    code = models.CharField("防伪编码", max_length=20, unique=True)
    name = models.CharField("印章名称", max_length=120)
    picture = models.BinaryField("印章图 PNG")
    width = models.PositiveSmallIntegerField("宽（毫米）")
    height = models.PositiveSmallIntegerField("高（毫米）")
    certificate = models.BinaryField("签章证书")
    serial = models.CharField("证书序列号", max_length=64, db_index=True)
    key_name = models.CharField("密钥名", max_length=64)
    key = models.TextField("加密的私钥")
    data = models.BinaryField("印章数据 SESeal")
    valid_from = models.DateTimeField("有效期起")
    valid_until = models.DateTimeField("有效期止")
    made_by = models.CharField("制章人", max_length=100)
    made_at = models.DateTimeField("制章时间")
    superseded_at = models.DateTimeField("被新版本代替的时间", null=True)

    class Meta:
        verbose_name = "印章版本"
        constraints = [models.UniqueConstraint(fields=["seal", "version"], name="seal_version_once")]

    def __str__(self) -> str:
        return self.es_id


class Application(models.Model):
    """制发、变更、注销的申请单。`content` 是要做成什么样：名称、有效年限、上传的印模等。"""

    number = models.CharField("申请编号", max_length=32, unique=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="applications")
    kind = models.CharField("种类", max_length=8)
    status = models.CharField("状态", max_length=12, default=ApplicationStatus.PENDING)
    content = models.JSONField("内容", default=dict)
    picture = models.BinaryField("上传的印模", null=True)
    reason = models.CharField("事由", max_length=300)
    document = models.CharField("依据文号", max_length=120, blank=True, default="")
    applied_by_id = models.BigIntegerField("申请人账号")
    applied_by = models.CharField("申请人", max_length=100)
    applied_at = models.DateTimeField("申请时间")
    decided_by_id = models.BigIntegerField("审批人账号", null=True)
    decided_by = models.CharField("审批人", max_length=100, blank=True, default="")
    decided_at = models.DateTimeField("审批时间", null=True)
    opinion = models.CharField("审批意见", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "印章申请"
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=sorted(ApplicationStatus)), name="seal_application_status_known"),
            models.CheckConstraint(
                condition=models.Q(decided_by_id__isnull=True) | ~models.Q(decided_by_id=models.F("applied_by_id")),
                name="seal_not_self_approved",
            ),
            models.UniqueConstraint(fields=["seal"], condition=models.Q(status__in=sorted(LIVE)), name="seal_one_live_application"),
        ]
        indexes = [models.Index(fields=["status", "-applied_at"], name="seal_application_todo")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class SealEvent(AppendOnly):
    """印章履历：谁、何时、做了什么、为什么、凭什么文号。"""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="events")
    at = models.DateTimeField("时间")
    step = models.CharField("动作", max_length=16)
    status = models.CharField("之后的状态", max_length=12)
    version = models.PositiveSmallIntegerField("版本")
    actor_id = models.BigIntegerField("操作人账号", null=True)
    actor_name = models.CharField("操作人", max_length=100)
    reason = models.CharField("原因", max_length=300, blank=True, default="")
    document = models.CharField("文号", max_length=120, blank=True, default="")
    application = models.CharField("申请编号", max_length=32, blank=True, default="")

    class Meta:
        verbose_name = "印章履历"
        indexes = [models.Index(fields=["seal", "at"], name="seal_event_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.step}"


class Grant(models.Model):
    """用章授权。`account_id` 为空是授权给系统自动签章（制证、出文书）。"""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="grants")
    account_id = models.BigIntegerField("被授权账号", null=True)
    account_name = models.CharField("被授权人", max_length=100)
    doc_types = models.JSONField("文书种类", default=list)
    bulk = models.BooleanField("可批量", default=False)
    valid_from = models.DateTimeField("起")
    valid_until = models.DateTimeField("止")
    reason = models.CharField("授权事由", max_length=300)
    document = models.CharField("依据文号", max_length=120, blank=True, default="")
    granted_by_id = models.BigIntegerField("授权人账号", null=True)
    granted_by = models.CharField("授权人", max_length=100)
    granted_at = models.DateTimeField("授权时间")
    revoked_by = models.CharField("撤销人", max_length=100, blank=True, default="")
    revoked_at = models.DateTimeField("撤销时间", null=True)
    revoke_reason = models.CharField("撤销原因", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "用章授权"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(granted_by_id__isnull=True)
                | models.Q(account_id__isnull=True)
                | ~models.Q(account_id=models.F("granted_by_id")),
                name="seal_not_self_granted",
            ),
            models.CheckConstraint(condition=models.Q(valid_until__gt=models.F("valid_from")), name="seal_grant_period"),
        ]
        indexes = [models.Index(fields=["account_id", "revoked_at", "valid_until"], name="seal_grant_live")]

    def __str__(self) -> str:
        return f"{self.seal_id} → {self.account_name}"


class SealUse(AppendOnly):
    """用章日志的一行（standards §5.4）。`mac` 防单行改动，`digest` 串成 SM3 链防增删与重排。"""

    at = models.DateTimeField("签章时间", db_index=True)
    seal_no = models.CharField("印章编号", max_length=32, db_index=True)
    seal_name = models.CharField("印章名称", max_length=120)
    seal_kind = models.CharField("印章种类", max_length=2)
    seal_version = models.PositiveSmallIntegerField("印章版本")
    department = models.CharField("印章所属部门", max_length=32)
    doc_type = models.CharField("文书种类", max_length=32)
    doc_id = models.CharField("文书编号", max_length=80)
    case_no = models.CharField("办件编号", max_length=50, blank=True, default="", db_index=True)
    account_id = models.BigIntegerField("签章人账号", null=True, db_index=True)
    user_name = models.CharField("签章人", max_length=100)
    user_department = models.CharField("签章人部门", max_length=32, blank=True, default="")
    approved_by = models.CharField("用印审批人", max_length=100, blank=True, default="")
    grant_id = models.BigIntegerField("授权", null=True)
    serial = models.CharField("证书序列号", max_length=64, blank=True, default="")
    positions = models.JSONField("位置", default=list)
    before_hash = models.CharField("签章前文书的 SM3", max_length=64)
    after_hash = models.CharField("签章后文书的 SM3", max_length=64, blank=True, default="")
    signature_hash = models.CharField("签章值的 SM3", max_length=64, blank=True, default="", db_index=True)
    batch = models.CharField("批次", max_length=32, blank=True, default="")
    ip = models.CharField("来源地址", max_length=45, blank=True, default="")
    result = models.CharField("结果", max_length=12)
    fail_code = models.CharField("拒绝码", max_length=40, blank=True, default="")
    fail_reason = models.CharField("拒绝原因", max_length=300, blank=True, default="")
    mac = models.CharField("行校验", max_length=64)
    position = models.BigIntegerField("链序号", null=True, unique=True)
    digest = models.CharField("链摘要", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "用章日志"
        indexes = [models.Index(fields=["department", "-at"], name="seal_use_department")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.seal_no} {self.doc_id}"


class PersonalSignature(AppendOnly):
    """一次手写签名：轨迹、时间、设备与摘要，绑定办件与文书。轨迹是生物特征信息，加密存。"""

    number = models.CharField("签名编号", max_length=32, unique=True)
    case_no = models.CharField("办件编号", max_length=50, db_index=True)
    doc_type = models.CharField("文书种类", max_length=32)
    doc_id = models.CharField("文书编号", max_length=80)
    doc_hash = models.CharField("文书的 SM3", max_length=64)
    account_id = models.BigIntegerField("签名人账号")
    signer_name = models.CharField("签名人", max_length=100)
    trace = EncryptedTextField("轨迹 JSON")
    device = models.JSONField("设备", default=dict)
    ip = models.CharField("来源地址", max_length=45, blank=True, default="")
    signed_at = models.DateTimeField("签名时间")
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = "手写签名"

    def __str__(self) -> str:
        return f"{self.number} {self.doc_id}"


class PaperSeal(models.Model):
    """一份文书的用章情况：盖了哪枚章，或为什么没有盖。盖过之后不许改。"""

    number = models.CharField("文书编号", max_length=64, unique=True)
    kind = models.CharField("文书种类", max_length=16)
    subject = models.CharField("办件编号", max_length=40, db_index=True)
    seal_no = models.CharField("印章编号", max_length=32, blank=True, default="")
    seal_name = models.CharField("印章名称", max_length=120, blank=True, default="")
    sealed_by = models.CharField("用章人", max_length=100, blank=True, default="")
    sealed_at = models.DateTimeField("盖章时间", null=True)
    straddled = models.BooleanField("有骑缝章", default=False)
    pages = models.PositiveSmallIntegerField("页数", default=0)
    ofd_digest = models.CharField("OFD 的 SM3", max_length=64, blank=True, default="")
    pdf_digest = models.CharField("PDF 的 SM3", max_length=64, blank=True, default="")
    problem_code = models.CharField("没有盖章的原因码", max_length=40, blank=True, default="")
    problem = models.CharField("没有盖章的原因", max_length=300, blank=True, default="")
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "文书用章"

    def __str__(self) -> str:
        return self.number
