"""收件地址、领取方式、寄递单、轨迹、履历。轨迹与履历只追加（迁移 0002 的触发器）。"""

import uuid

from django.db import models
from django.db.models import Q

from shilong.foundation.gm.fields import EncryptedTextField
from shilong.foundation.records import AppendOnly
from shilong.service.delivery.rules.states import OVER, Kind, Move, Pays, State, Trouble, Way


class Address(models.Model):
    """收件地址簿的一条；`owner_id` 是个人或单位的账号主键。姓名、电话与地址全部加密。"""

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    owner_id = models.BigIntegerField("账号")
    contact = EncryptedTextField("收件人与地址（JSON）")
    is_default = models.BooleanField("默认", default=False)
    created_at = models.DateTimeField("新建时间")
    updated_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = "收件地址"
        indexes = [models.Index(fields=["owner_id", "-is_default", "-updated_at"], name="address_owner")]
        constraints = [models.UniqueConstraint(fields=["owner_id"], condition=Q(is_default=True), name="address_one_default")]

    def __str__(self) -> str:
        return str(self.uid)


class Choice(models.Model):
    """一件办件的领取方式。收件地址是选定时的快照：之后改地址簿不影响已选的。"""

    case_no = models.CharField("办件编号", max_length=50, unique=True)
    way = models.CharField("领取方式", max_length=12, choices=[(way.value, way.value) for way in Way])
    contact = EncryptedTextField("收件人与地址（JSON）", blank=True, default="")
    chosen_by = models.CharField("谁选的", max_length=100)
    updated_at = models.DateTimeField("选定时间")

    class Meta:
        verbose_name = "领取方式"
        constraints = [models.CheckConstraint(condition=Q(way__in=sorted(Way)), name="delivery_way_known")]

    def __str__(self) -> str:
        return f"{self.case_no} {self.way}"


class Shipment(models.Model):
    """一份寄递单；`number` 同时是给快递公司的客户订单号，重复下单靠它去重。"""

    number = models.CharField("寄递单号", max_length=32, unique=True)
    kind = models.CharField("种类", max_length=8)
    case_no = models.CharField("办件编号", max_length=50, db_index=True)
    item_name = models.CharField("事项名称", max_length=200)
    department = models.CharField("受理部门", max_length=32)
    account_id = models.BigIntegerField("申请人账号", null=True)
    state = models.CharField("状态", max_length=12, default=State.PENDING)
    version = models.PositiveIntegerField("版本", default=1)

    sender = EncryptedTextField("寄件人（JSON）", blank=True, default="")
    receiver = EncryptedTextField("收件人（JSON）", blank=True, default="")
    mobile_index = models.CharField("申请人手机索引", max_length=64, blank=True, default="")
    contents = models.JSONField("装什么", default=list)
    slot_start = models.DateTimeField("上门时段起", null=True)
    slot_end = models.DateTimeField("上门时段止", null=True)

    courier = models.CharField("快递公司", max_length=20, blank=True, default="")
    waybill_no = models.CharField("物流单号", max_length=64, blank=True, default="")
    pays = models.CharField("付款方式", max_length=8, default=Pays.FREE)
    fee = models.DecimalField("邮费（元）", max_digits=8, decimal_places=2, null=True)
    prints = models.PositiveSmallIntegerField("打印次数", default=0)

    trouble = models.CharField("异常种类", max_length=12, blank=True, default="")
    note = models.CharField("最近一次说明", max_length=300, blank=True, default="")
    signer = EncryptedTextField("签收人", blank=True, default="")
    resent_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="resent_as", verbose_name="由哪一份重寄")
    created_by = models.CharField("谁建的", max_length=100)
    created_at = models.DateTimeField("新建时间")
    ordered_at = models.DateTimeField("下单时间", null=True)
    picked_at = models.DateTimeField("揽收时间", null=True)
    moved_at = models.DateTimeField("最近移动", null=True)
    checked_at = models.DateTimeField("最近查询", null=True)
    signed_at = models.DateTimeField("签收时间", null=True)
    written_at = models.DateTimeField("回写送达时间", null=True)

    class Meta:
        verbose_name = "寄递单"
        indexes = [
            models.Index(fields=["state", "-created_at"], name="shipment_state"),
            models.Index(fields=["waybill_no"], name="shipment_waybill"),
            models.Index(fields=["mobile_index"], name="shipment_mobile"),
            models.Index(fields=["checked_at"], name="shipment_tracked", condition=Q(state__in=["ordered", "transit", "problem"])),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(State)), name="shipment_state_known"),
            models.CheckConstraint(condition=Q(kind__in=sorted(Kind)), name="shipment_kind_known"),
            models.CheckConstraint(condition=Q(pays__in=sorted(Pays)), name="shipment_pays_known"),
            models.CheckConstraint(condition=Q(trouble="") | Q(trouble__in=sorted(Trouble)), name="shipment_trouble_known"),
            models.CheckConstraint(condition=Q(fee__isnull=True) | Q(fee__gte=0), name="shipment_fee_positive"),
            models.UniqueConstraint(fields=["case_no", "kind"], condition=~Q(state__in=sorted(OVER)), name="shipment_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class Track(AppendOnly):
    """一条物流轨迹。`key` 由操作码、时刻、说明算出：推送与查询得到的同一条只留一份。"""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="tracks")
    key = models.CharField("去重键", max_length=64)
    move = models.CharField("说明什么", max_length=12, choices=[(move.value, move.value) for move in Move])
    code = models.CharField("操作码", max_length=12, blank=True, default="")
    at = models.DateTimeField("发生时间")
    place = models.CharField("地点", max_length=100, blank=True, default="")
    remark = EncryptedTextField("说明", blank=True, default="")
    source = models.CharField("来源", max_length=10)
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "物流轨迹"
        constraints = [models.UniqueConstraint(fields=["shipment", "key"], name="track_once")]

    def __str__(self) -> str:
        return f"{self.at:%m-%d %H:%M} {self.move}"


class ShipmentLog(AppendOnly):
    """寄递单的履历：谁做了什么。"""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="logs")
    action = models.CharField("动作", max_length=16)
    state = models.CharField("之后的状态", max_length=12)
    note = models.CharField("说明", max_length=300, blank=True, default="")
    actor_id = models.BigIntegerField("操作人", null=True)
    actor_name = models.CharField("操作人姓名", max_length=100)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "寄递履历"
        indexes = [models.Index(fields=["shipment", "at"], name="shipment_log")]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%m-%d %H:%M}"
