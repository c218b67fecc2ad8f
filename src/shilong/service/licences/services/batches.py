"""批量签发：后台一批一批签，随时可停，接着签不会重。"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.jobs import progress
from shilong.foundation.refusals import Refused
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import Actor, require
from shilong.service.licences import permissions, sealing
from shilong.service.licences.models import Batch, BatchItem, Licence
from shilong.service.licences.refusals import BatchEmpty, LicenceNotFound
from shilong.service.licences.rules.states import State
from shilong.service.licences.services.issuing import issue, produce_missing

MOST = 5000
CHUNK = 20
Status = BatchItem.Status


def start(uids: Sequence[UUID | str] | None, *, actor: Actor, missing: bool = False) -> Batch:
    """开始一次批量签发，返回批次；后台进行。

    参数：
        uids: 要签发的证照；None 表示本部门全部。
        missing: 真为给没有电子文件的有效证照补制，假为签发待签发的。

    异常：
        NotAllowed: 不是部门审批人员或负责人。BatchEmpty: 一张可签的也没有。
    """
    require(actor, *permissions.ISSUERS)
    rows = permissions.visible(actor).filter(state=State.VALID, ofd_digest="") if missing else _drafts(actor)
    if uids is not None:
        rows = rows.filter(uid__in=list(uids)[:MOST])
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])
    if not ids:
        raise BatchEmpty(most=MOST)
    with transaction.atomic():
        batch = Batch.objects.create(
            department=actor.department,
            total=len(ids),
            actor_id=actor.account_id or 0,
            actor_name=actor.name,
            created_at=timezone.now(),
        )
        BatchItem.objects.bulk_create([BatchItem(batch=batch, licence_id=pk) for pk in ids], batch_size=500)
        audit.record("licence.batch", actor=actor, object_type="licence_batch", object_id=str(batch.uid), detail={"total": len(ids)})
        _enqueue(batch)
    return batch


def pause(uid: UUID | str, *, actor: Actor) -> None:
    """停下：手头这张做完就停。异常：LicenceNotFound（不是自己部门的也算没有）。"""
    with transaction.atomic():
        batch = _own(uid, actor)
        if batch.status == Batch.Status.RUNNING:
            batch.status = Batch.Status.PAUSED
            batch.save(update_fields=["status"])


def resume_batch(uid: UUID | str, *, actor: Actor, retry: bool = False) -> None:
    """接着签；`retry` 为真时把没签成的也重新排上。"""
    with transaction.atomic():
        batch = _own(uid, actor)
        if retry:
            batch.items.filter(status=Status.FAILED).update(status=Status.WAITING, problem="")
        if batch.items.filter(status=Status.WAITING).exists():
            batch.status, batch.finished_at = Batch.Status.RUNNING, None
            batch.save(update_fields=["status", "finished_at"])
            _enqueue(batch)


def run(uid: UUID | str) -> None:
    """做一小批，再排下一批；停下、断电之后接着做，已签的不再签。"""
    batch = Batch.objects.filter(uid=uid).first()
    if batch is None or batch.status != Batch.Status.RUNNING:
        return
    actor = accounts.actor_for(batch.actor_id)
    for item in batch.items.filter(status=Status.WAITING).select_related("licence").order_by("pk")[:CHUNK]:
        if not Batch.objects.filter(pk=batch.pk, status=Batch.Status.RUNNING).exists():
            return
        _one(item, actor)
    waiting = batch.items.filter(status=Status.WAITING).count()
    progress.report(f"licence-batch-{batch.pk}", f"批量签发证照（{batch.actor_name}）", batch.total - waiting, batch.total)
    if waiting:
        _enqueue(batch)
    else:
        Batch.objects.filter(pk=batch.pk, status=Batch.Status.RUNNING).update(status=Batch.Status.DONE, finished_at=timezone.now())


def _one(item: BatchItem, actor: Actor) -> None:
    """签一张并记下结果，同一事务：不会签了却记成没签。"""
    try:
        with transaction.atomic():
            row = Licence.objects.get(pk=item.licence_id)
            if row.state == State.DRAFT:
                issue(row.uid, actor=actor, stamp=sealing.stamp_in_bulk)
            elif row.state == State.VALID:
                produce_missing(row.uid, actor=actor, stamp=sealing.stamp_in_bulk)
            BatchItem.objects.filter(pk=item.pk).update(status=Status.DONE, problem="")
    except Refused as refusal:
        BatchItem.objects.filter(pk=item.pk).update(status=Status.FAILED, problem=refusal.text[:300])


def _drafts(actor: Actor):  # type: ignore[no-untyped-def]
    return permissions.visible(actor).filter(state=State.DRAFT)


def _own(uid: UUID | str, actor: Actor) -> Batch:
    require(actor, *permissions.ISSUERS)
    batch = Batch.objects.select_for_update().filter(uid=uid, department=actor.department).first()
    if batch is None:
        raise LicenceNotFound("没有找到这一批，或不是本部门的。")
    return batch


def _enqueue(batch: Batch) -> None:
    from shilong.service.licences.tasks import run_batch  # 作业登记处反过来也用这里

    run_batch.enqueue(str(batch.uid), key=f"licences.batch:{batch.uid}")
