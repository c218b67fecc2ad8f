"""文书表：一行一份，签发后不改；只有首次渲染时从空填入摘要。"""

from django.db import models

from shilong.foundation.documents.rules import KINDS
from shilong.foundation.gm.fields import EncryptedTextField


class Document(models.Model):
    """一份文书。正文要素整体加密：里面有姓名、证件、住址。"""

    number = models.CharField("文书编号", max_length=64, unique=True)
    kind = models.CharField("种类", max_length=16, choices=[(key, kind.name) for key, kind in KINDS.items()])
    title = models.CharField("标题", max_length=60)
    verify_code = models.CharField("验真码", max_length=16, unique=True)
    subject = models.CharField("办件号或事项编码", max_length=40)
    department = models.CharField("部门键", max_length=20)
    issuer = models.CharField("签发机关", max_length=100)
    context = EncryptedTextField("正文要素（JSON）")
    issued_at = models.DateTimeField("签发时间")
    digest = models.CharField("PDF 的 SM3 摘要", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "文书"
        indexes = [
            models.Index(fields=["subject", "issued_at"], name="document_subject"),
            models.Index(fields=["issued_at"], name="document_unrendered", condition=models.Q(digest="")),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="document_kind_known")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
