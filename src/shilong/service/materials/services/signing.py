"""提交前的手写签名：签的是当时的申请内容，改了内容就要重签；提交时连同生成的申请表一起成为办件的签名对象。"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.identity.roles.actor import Actor
from shilong.service.materials import selectors
from shilong.service.materials.models import DraftSignature
from shilong.service.materials.refusals import NothingToSign
from shilong.service.materials.selectors import content_digest, generated
from shilong.service.materials.services.drafts import locked
from shilong.service.materials.views import DraftView
from shilong.service.seals import rules as seal_rules
from shilong.service.seals import services as seals
from shilong.service.seals.refusals import SigningForbidden


def require_signable(view: DraftView) -> None:
    """这份申请能不能手写签名。

    异常：
        SigningForbidden: 婚姻、收养、继承等事项（电子签名法第三条第三款）。
        NothingToSign: 没有由申请表生成的材料。
    """
    if not seal_rules.signature_allowed(view.item):
        raise SigningForbidden(item=view.item.name)
    if not generated(view):
        raise NothingToSign(item=view.item.name)


def sign(draft_id: object, strokes: Sequence[Any], device: Mapping[str, Any], *, actor: Actor) -> None:
    """收下手写签名；重签的以新的为准。异常：DraftNotFound、DraftSubmitted、SigningForbidden、NothingToSign、TraceInvalid。"""
    seals.checked_trace(strokes)
    with transaction.atomic():
        row = locked(draft_id, actor)
        view = selectors.view(row)
        require_signable(view)
        DraftSignature.objects.update_or_create(
            draft=row,
            defaults={
                "strokes": json.dumps(strokes),
                "device": {str(key)[:20]: str(value)[:200] for key, value in list(device.items())[:8]},
                "content": content_digest(view),
                "signed_at": timezone.now(),
            },
        )
        audit.record("draft.sign", actor=actor, object_type="draft", object_id=str(row.pk))


def unsign(draft_id: object, *, actor: Actor) -> None:
    """删掉签名，改为不签或重签。"""
    with transaction.atomic():
        DraftSignature.objects.filter(draft=locked(draft_id, actor)).delete()
