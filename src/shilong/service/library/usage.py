"""使用记录。"""

from django.utils import timezone

from shilong.identity.roles.actor import Actor
from shilong.service.library.models import Paper, PaperUse
from shilong.service.licences.services.sharing import department_name

ACTIONS = {"scan": "扫码调用", "attach": "扫码收取", "reuse": "申报时选用", "check": "核对原件", "save": "下载"}


def record(row: Paper, action: str, cause: str, actor: Actor, *, item_code: str = "", result: str = "ok") -> PaperUse:
    """记一次使用；被拒绝的 `result` 是 denied。"""
    return PaperUse.objects.create(
        paper_uid=row.uid,
        paper_name=row.name,
        holder_index=row.holder_index,
        action=action,
        cause=cause[:200],
        department_name=department_name(actor),
        user_id=actor.account_id,
        user_name=actor.name,
        item_code=item_code,
        result=result,
        ip=actor.ip,
        at=timezone.now(),
    )
