"""适配器配置的修改、试连与状态记录。"""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.adapters import registry, rules
from shilong.foundation.adapters.models import AdapterConfig
from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid


@transaction.atomic
def configure(key: str, values: Mapping[str, Any], *, enabled: bool, actor: Any) -> None:
    """保存配置。密钥类留空表示不改；审计只记改了哪些项，不记值。

    异常：
        NotFound: 没有登记。
        Invalid: 有不认识的项、写得不对的项，或启用时缺必填项；`fields` 指出每一项怎样改。
    """
    adapter = registry.get(key)
    row = AdapterConfig.objects.select_for_update().filter(key=key).first() or AdapterConfig(key=key)
    stored = json.loads(row.values) if row.values else {}
    known = {setting.name: setting for setting in adapter.schema}
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise Invalid(f"{adapter.name}没有这些配置项：{'、'.join(unknown)}。")
    changes = {name: value for name, value in values.items() if not (known[name].secret and value in ("", None))}
    merged = {**stored, **changes}
    wrong = rules.problems(adapter, merged)
    missing = rules.missing(adapter, merged) if enabled else {}
    if wrong or missing:
        text = "有的配置项写得不对，请按提示改。" if wrong else "启用前请补全必填项。"
        raise Invalid(text, fields={**missing, **wrong})
    row.values, row.enabled = json.dumps(merged, ensure_ascii=False), enabled
    row.save()
    audit.record(
        "adapter.configure", actor=actor, object_type="adapter", object_id=key, detail={"fields": sorted(changes), "enabled": enabled}
    )


def succeeded(key: str) -> None:
    """记一次成功，清掉最近错误。"""
    AdapterConfig.objects.filter(key=key).update(last_ok_at=timezone.now(), last_error="", last_error_at=None)


def failed(key: str, error: str) -> None:
    """记最近一次错误；不得含密钥与个人信息。"""
    AdapterConfig.objects.filter(key=key).update(last_error=error[:500], last_error_at=timezone.now())
