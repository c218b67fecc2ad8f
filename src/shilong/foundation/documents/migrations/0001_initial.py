import django.db.models
from django.db import migrations, models

import shilong.foundation.gm.fields


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=64, unique=True, verbose_name="文书编号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "收件凭证"),
                            ("acceptance", "受理通知书"),
                            ("rejection", "不予受理通知书"),
                            ("correction", "一次性补正告知书"),
                            ("grant", "准予决定书"),
                            ("deny", "不予决定书"),
                            ("delivery", "送达回证"),
                            ("special", "特别程序告知书"),
                            ("extension", "延期告知书"),
                            ("register", "办件登记表"),
                            ("promise", "承诺书"),
                            ("notice", "事项一次性告知单"),
                            ("withdrawal", "撤回申请确认书"),
                        ],
                        max_length=16,
                        verbose_name="种类",
                    ),
                ),
                ("title", models.CharField(max_length=60, verbose_name="标题")),
                ("verify_code", models.CharField(max_length=16, unique=True, verbose_name="验真码")),
                ("subject", models.CharField(max_length=40, verbose_name="办件号或事项编码")),
                ("department", models.CharField(max_length=20, verbose_name="部门键")),
                ("issuer", models.CharField(max_length=100, verbose_name="签发机关")),
                ("context", shilong.foundation.gm.fields.EncryptedTextField(verbose_name="正文要素（JSON）")),
                ("issued_at", models.DateTimeField(verbose_name="签发时间")),
                ("digest", models.CharField(blank=True, default="", max_length=64, verbose_name="PDF 的 SM3 摘要")),
            ],
            options={
                "verbose_name": "文书",
                "indexes": [
                    models.Index(fields=["subject", "issued_at"], name="document_subject"),
                    models.Index(condition=models.Q(("digest", "")), fields=["issued_at"], name="document_unrendered"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.Q(
                            (
                                "kind__in",
                                [
                                    "receipt",
                                    "acceptance",
                                    "rejection",
                                    "correction",
                                    "grant",
                                    "deny",
                                    "delivery",
                                    "special",
                                    "extension",
                                    "register",
                                    "promise",
                                    "notice",
                                    "withdrawal",
                                ],
                            )
                        ),
                        name="document_kind_known",
                    )
                ],
            },
        ),
    ]
