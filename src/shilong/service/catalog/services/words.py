"""同义词与零结果词。"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid, NotFound
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.catalog.models import Synonym, ZeroResult
from shilong.service.catalog.search import QUERY_MAX
from shilong.service.catalog.versions import touch

EDITORS = (Role.CATALOG, Role.BUREAU)
ZERO_LIMIT = 5000  # 公开搜索框写库，要有上限，免得被刷爆


def save_synonym(term: str, targets: str, *, actor: Actor) -> Synonym:
    """新增或修改同义词；全站搜索立即生效。

    参数：
        targets: 对应的事项用词，空格分隔。
    """
    require(actor, *EDITORS)
    term, targets = term.strip().lower(), " ".join(targets.split())
    fields = {}
    if not 1 < len(term) <= 40:
        fields["term"] = "2 到 40 个字"
    if not targets or len(targets) > 200:
        fields["targets"] = "1 到 200 个字，多个词用空格分开"
    if fields:
        raise Invalid(fields=fields)
    with transaction.atomic():
        row, _ = Synonym.objects.update_or_create(term=term, defaults={"targets": targets, "updated_by": actor.name})
        ZeroResult.objects.filter(term=term, handled_by="").update(handled_by=actor.name, handled_note="已补同义词")
        touch()
        audit.record("catalog.synonym", actor=actor, object_type="synonym", object_id=term, detail={"targets": targets})
    return row


def delete_synonym(term: str, *, actor: Actor) -> None:
    """删除同义词。"""
    require(actor, *EDITORS)
    with transaction.atomic():
        if not Synonym.objects.filter(term=term).delete()[0]:
            raise NotFound("这个同义词已经不在了。")
        touch()
        audit.record("catalog.synonym_delete", actor=actor, object_type="synonym", object_id=term)


def record_zero(term: str) -> None:
    """记一次没有结果的搜索。不记个人信息：含 6 位以上连续数字（证件、电话、办件号）的不记。"""
    term = " ".join(term.replace("\x00", "").lower().split())[:QUERY_MAX]
    if len(term) < 2 or _has_long_number(term):
        return
    if ZeroResult.objects.filter(term=term).update(times=F("times") + 1, last_at=timezone.now()):
        return
    if ZeroResult.objects.count() < ZERO_LIMIT:
        ZeroResult.objects.get_or_create(term=term)


def _has_long_number(term: str) -> bool:
    run = 0
    for char in term:
        run = run + 1 if char.isdigit() else 0
        if run >= 6:
            return True
    return False


def handle_zero(pk: int, note: str, *, actor: Actor) -> None:
    """把零结果词标为已处理。"""
    require(actor, *EDITORS)
    if not ZeroResult.objects.filter(pk=pk).update(handled_by=actor.name, handled_note=note.strip()[:200] or "不需要处理"):
        raise NotFound("这个词已经不在了。")
