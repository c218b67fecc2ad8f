"""给用章的人与别的模块看的印章要点。"""

from dataclasses import dataclass, field

from django.db.models import F, Q
from django.utils import timezone

from shilong.identity.roles.actor import SYSTEM, Actor
from shilong.service.seals import permissions, rules
from shilong.service.seals.models import Grant, SealVersion
from shilong.service.seals.rules import SealStatus


@dataclass(frozen=True, slots=True)
class SealBrief:
    """一枚能用的章。`width`、`height` 是章面尺寸，毫米。"""

    seal_no: str
    name: str
    kind: str
    department: str
    image_png: bytes = field(repr=False)
    width: int
    height: int

    @property
    def kind_name(self) -> str:
        return rules.KINDS[self.kind].name


def usable(actor: Actor, doc_type: str, department: str = "", *, bulk: bool = False) -> list[SealBrief]:
    """这个人此刻能用来给这类文书签章的章。

    参数：
        department: 只要某个部门的章；空为不限。
        bulk: 只要有批量授权的。
    """
    if actor.account_id is None and actor.roles != SYSTEM.roles:
        return []
    now = timezone.now()
    grants = Grant.objects.filter(account_id=actor.account_id, revoked_at__isnull=True, valid_from__lte=now, valid_until__gt=now)
    if bulk:
        grants = grants.filter(bulk=True)
    fitting = {row.seal_id for row in grants if doc_type in row.doc_types or rules.ALL_DOC_TYPES in row.doc_types}
    chosen = Q(seal_id__in=fitting) & (Q(seal__department=department) if department else Q())
    return [_brief(row) for row in _active().filter(chosen)]


def may_use(actor: Actor) -> bool:
    """这个人此刻有没有用章授权；菜单上放不放“用章”。"""
    if actor.account_id is None or not actor.has(*permissions.USERS):
        return False
    now = timezone.now()
    live = Grant.objects.filter(account_id=actor.account_id, revoked_at__isnull=True, valid_from__lte=now, valid_until__gt=now)
    return live.filter(seal__status=SealStatus.ACTIVE).exists()


def department_seal(department: str, kind: str) -> SealBrief | None:
    """某部门某种类的现行印章（`rules.KINDS` 的键，行政审批专用章是 11）；没有启用的返回 None。"""
    row = _active().filter(seal__department=department, seal__kind=kind).first()
    return _brief(row) if row else None


def _active():  # type: ignore[no-untyped-def]
    """启用、在有效期内的章的现行版本，只取要点用得着的列。"""
    return (
        SealVersion.objects.filter(seal__status=SealStatus.ACTIVE, seal__valid_until__gt=timezone.now(), version=F("seal__version"))
        .select_related("seal")
        .only("picture", "width", "height", "seal__seal_no", "seal__name", "seal__kind", "seal__department")
        .order_by("seal__department", "seal__kind", "seal__seal_no")
    )


def _brief(row: SealVersion) -> SealBrief:
    seal = row.seal
    return SealBrief(seal.seal_no, seal.name, seal.kind, seal.department, bytes(row.picture), row.width, row.height)
