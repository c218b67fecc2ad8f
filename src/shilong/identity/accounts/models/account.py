"""账号与实名档案。姓名、证件号、手机号落库是密文；要按它们查，用旁边的盲索引列。"""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from shilong.foundation.gm.fields import EncryptedTextField


class Kind(models.TextChoices):
    """账号类别。"""

    PERSON = "person", "个人"
    ENTERPRISE = "enterprise", "法人"
    STAFF = "staff", "工作人员"


class AccountManager(BaseUserManager["Account"]):
    """Django 认证后端要求的管理器；创建账号走 `services`。"""


class Account(AbstractBaseUser):
    """一个能登录的账号。没有 is_staff/is_superuser 语义：权限只看角色授予。"""

    username = models.CharField("登录名", max_length=64, unique=True)
    name = EncryptedTextField("姓名或名称")
    name_index = models.CharField(max_length=64, db_index=True, default="")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    mobile = EncryptedTextField("手机号", blank=True, default="")
    mobile_index = models.CharField(max_length=64, db_index=True, blank=True, default="")
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示账号", default=False)
    realname_level = models.PositiveSmallIntegerField("实名等级", default=0)
    must_change_password = models.BooleanField("下次登录须改密", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", default=timezone.now)
    created_at = models.DateTimeField("创建时间", default=timezone.now)

    USERNAME_FIELD = "username"
    objects = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(realname_level__lte=4), name="account_level_range"),
            # 短信登录靠手机号认人：一个手机号只能对应一个个人账号。
            models.UniqueConstraint(
                fields=["mobile_index"], condition=models.Q(kind="person") & ~models.Q(mobile_index=""), name="account_person_mobile_once"
            ),
        ]

    def __str__(self) -> str:
        return self.username


class Person(models.Model):
    """自然人档案。"""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="person", primary_key=True)
    id_type = models.CharField("证件类型", max_length=3, default="111")
    id_no = EncryptedTextField("证件号码")
    id_index = models.CharField(max_length=64)
    address = EncryptedTextField("住址", blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["id_type", "id_index"], name="person_id_once")]

    def __str__(self) -> str:
        return str(self.account_id)


class Enterprise(models.Model):
    """法人与其他组织档案。`server_type` 是服务对象码（2 企业法人、3 事业法人……）。"""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="enterprise", primary_key=True)
    server_type = models.CharField("服务对象", max_length=2, default="2")
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    legal_name = EncryptedTextField("法定代表人")
    legal_id_type = models.CharField("法定代表人证件类型", max_length=3, default="111")
    legal_id_no = EncryptedTextField("法定代表人证件号")
    legal_id_index = models.CharField(max_length=64, db_index=True)
    address = models.CharField("住所", max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return self.uscc
