"""证照类型的设置。改版式只影响以后签发的，已签发的文件不动。"""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, require
from shilong.service.catalog import selectors as catalog
from shilong.service.licences.models import LicenceType, TypeItem
from shilong.service.licences.permissions import EDITORS
from shilong.service.licences.refusals import TypeChanged, TypeNotFound
from shilong.service.licences.rules import identifiers, layouts, validity

MAX_REMIND = 365
TEXTS = {"name": ("证照名称", 256), "word": ("编号代字", 16), "authority_name": ("定义机构", 200)}


def save_type(code: str, values: Mapping[str, Any], *, actor: Actor, version: int) -> LicenceType:
    """新建（version 为 0）或修改一种证照。

    参数：
        values: name authority_name department word validity fields template seal_kind electronic auto_issue
            remind_days active，只改给出的。
        version: 页面上看到的修订号。

    异常：
        NotAllowed: 不是事项管理员或行政审批局。
        Invalid: 某一项不合规则，`fields` 指明。
        TypeChanged: 刚被别人改过。TypeNotFound。
    """
    require(actor, *EDITORS)
    with transaction.atomic():
        row = _existing(code, version) if version else _fresh(code)
        _fill(row, values)
        row.version += 1
        row.updated_by = actor.name
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise Invalid("已有这个代码的证照类型。", fields={"code": "换一个顺序号"}) from error
        audit.record(
            "licence_type.save",
            actor=actor,
            object_type="licence_type",
            object_id=code,
            detail={"fields": sorted(values), "name": row.name},
        )
    return row


def attach_items(code: str, links: Mapping[str, str], *, actor: Actor) -> None:
    """设定哪些事项出这种证照：{事项编码: new|change|renew|cancel}，整体替换。

    异常：
        Invalid: 结果不认识，或事项已经出别的证照。ItemUnavailable: 没有这个事项。
    """
    require(actor, *EDITORS)
    with transaction.atomic():
        row = LicenceType.objects.select_for_update().filter(code=code).first()
        if row is None:
            raise TypeNotFound
        for item_code, effect in links.items():
            _require_free(row, item_code, effect)
        row.items.exclude(item_code__in=list(links)).delete()
        for item_code, effect in links.items():
            TypeItem.objects.update_or_create(item_code=item_code, defaults={"type": row, "effect": effect})
        audit.record("licence_type.items", actor=actor, object_type="licence_type", object_id=code, detail=dict(links))


def _require_free(row: LicenceType, item_code: str, effect: str) -> None:
    name = catalog.item(item_code).name
    if effect not in TypeItem.Effect.values:
        raise Invalid("请选择准予之后对证照做什么。")
    other = TypeItem.objects.filter(item_code=item_code).exclude(type=row).select_related("type").first()
    if other is not None:
        raise Invalid(f"“{name}”已经出“{other.type.name}”，一个事项只出一种证照。")


def _existing(code: str, version: int) -> LicenceType:
    row = LicenceType.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise TypeNotFound
    if row.version != version:
        raise TypeChanged
    return row


def _fresh(code: str) -> LicenceType:
    clean = code.strip().upper()
    if len(clean) != 21 or not clean.isalnum() or not clean[18:].isdigit():
        raise Invalid("证照类型代码有误。", fields={"code": "应为 21 位：定义机构的统一社会信用代码加 3 位顺序号"})
    identifiers.check_char(clean)
    if LicenceType.objects.filter(code=clean).exists():
        raise Invalid("已有这个代码的证照类型。", fields={"code": "换一个顺序号"})
    return LicenceType(code=clean, authority_code=clean[:18], version=0)


def _fill(row: LicenceType, values: Mapping[str, Any]) -> None:
    errors = {}
    for key, (label, longest) in TEXTS.items():
        if key in values:
            text = str(values[key]).replace("\x00", "").strip()
            if not text or len(text) > longest:
                errors[key] = f"请填写{label}，不超过 {longest} 字"
            setattr(row, key, text)
    if errors:
        raise Invalid("填写的内容有误，请按提示修改。", fields=errors)
    if "department" in values:
        row.department = organizations.department(str(values["department"])).key
    if "validity" in values:
        row.validity = validity.check(values["validity"])
    if "fields" in values:
        row.fields = layouts.check_fields(values["fields"])
    if "remind_days" in values:
        row.remind_days = _remind_days(values["remind_days"])
    for key in ("electronic", "auto_issue", "active"):
        if key in values:
            setattr(row, key, bool(values[key]))
    row.seal_kind = str(values.get("seal_kind") or row.seal_kind)[:2]
    row.auto_issue = row.auto_issue and row.electronic
    row.template = layouts.check_template(
        values.get("template") or row.template, set(layouts.STANDARD) | {one["key"] for one in row.fields}
    )


def _remind_days(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value <= MAX_REMIND:
        raise Invalid("到期提醒的天数不对。", fields={"remind_days": f"填 0 到 {MAX_REMIND} 的整数，0 为不提醒"})
    return value
