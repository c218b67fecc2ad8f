"""开发信箱：演示与测试环境的默认渠道，写表，管理页面可看。"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from shilong.foundation.adapters.base import Setting
from shilong.foundation.notify.adapters.base import Parcel
from shilong.foundation.notify.models import DevMessage


class Devbox:
    key = "devbox"
    name = "开发信箱"
    schema: tuple[Setting, ...] = ()

    def check_config(self, config: Mapping[str, Any]) -> str:
        return "ok"

    def deliver(self, config: Mapping[str, Any], parcel: Parcel) -> str:
        row = DevMessage.objects.create(
            channel=parcel.channel,
            target=parcel.target,
            masked=parcel.masked,
            title=parcel.title,
            body=parcel.text,
            created_at=timezone.now(),
        )
        return str(row.pk)
