"""读接力：电脑端看进展，手机端看自己拍了哪些。"""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from shilong.identity.roles.actor import Actor
from shilong.service.handoff.models import Handoff
from shilong.service.handoff.refusals import HandoffUnusable
from shilong.service.handoff.rules import STATES
from shilong.service.handoff.services.devices import opened, state_of
from shilong.service.handoff.services.shooting import shot_of


@dataclass(frozen=True, slots=True)
class Progress:
    """电脑端看到的进展。`mark` 变了就该刷新材料。"""

    kind: str
    state: str
    state_name: str
    pages: int
    mark: str
    seconds: int
    draft_id: str
    material_code: str


@dataclass(frozen=True, slots=True)
class ShotView:
    """一页。"""

    id: int
    file_id: str
    original_id: str
    corners: list[list[float]]
    turns: int


@dataclass(frozen=True, slots=True)
class PhoneView:
    """手机页上要显示的。"""

    uid: str
    kind: str
    title: str
    item_name: str
    seconds: int
    shots: list[ShotView]


def progress(uid: UUID | str, actor: Actor) -> Progress:
    """自己出的码到哪一步了。异常：HandoffUnusable（不是自己的与没有说同一句话）。"""
    row = Handoff.objects.filter(uid=uid, account_id=actor.account_id or 0, agent_for=actor.agent_for).first()
    if row is None:
        raise HandoffUnusable(detail="不对")
    files = [str(one) for one in row.shots.values_list("file_id", flat=True)]
    state = state_of(row)
    mark = f"{state}:{len(files)}:{'-'.join(one[:8] for one in files)}"
    return Progress(row.kind, state, STATES[state], len(files), mark, _left(row), str(row.draft_id), row.material_code)


def phone(uid: UUID | str, secret: str) -> PhoneView:
    """手机页。异常：HandoffUnusable、OtherDevice。"""
    row = opened(uid, secret)
    shots = [ShotView(one.pk, str(one.file_id), str(one.original_id), one.corners, one.turns) for one in row.shots.all()]
    return PhoneView(str(row.uid), row.kind, row.title, row.item_name, _left(row), shots)


def shot(uid: UUID | str, secret: str, shot_id: int) -> ShotView:
    """自己拍的一页。异常：同 `phone`；ShotNotFound。"""
    one = shot_of(opened(uid, secret, kind=Handoff.Kind.PHOTO), shot_id)
    return ShotView(one.pk, str(one.file_id), str(one.original_id), one.corners, one.turns)


def _left(row: Handoff) -> int:
    return max(0, int((row.expires_at - timezone.now()).total_seconds()))
