"""申报时选用库里的材料，以及记下少交了哪些。"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from shilong.foundation.files import services as file_services
from shilong.foundation.gm.fields import blind_index
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor
from shilong.service.catalog.views import ItemView
from shilong.service.library import permissions, rules, usage
from shilong.service.library.models import Paper, Reuse
from shilong.service.library.refusals import PaperExpired, PaperNotFound


def copy_for_application(uid: UUID | str, profile: ApplicantProfile, item: ItemView, *, actor: Actor) -> tuple[str, list[UUID]]:
    """申报时选用自己的一份，返回（来源，归操作人的文件编号）。取的是内容的另一份登记，本人以后删库不影响这件。

    异常：
        PaperNotFound: 不是申请人自己的。PaperExpired: 过期。
    """
    row = permissions.owned(uid, actor)
    if blind_index(profile.id_no) != row.holder_index:
        raise PaperNotFound
    if rules.expired(row.valid_until, timezone.localdate()):
        raise PaperExpired(name=row.name, until=row.valid_until)
    with transaction.atomic():
        Paper.objects.filter(pk=row.pk).update(times=F("times") + 1)
        usage.record(row, "reuse", f"申报“{item.name}”时选用", actor, item_code=item.code)
        copies = [file_services.copy(one, owner_id=actor.account_id).pk for one in row.file_ids]
    return ("proof" if row.kind == Paper.Kind.PROOF else "library"), copies


def count(case_no: str, item: ItemView, reused: Mapping[str, tuple[str, str]], *, at: datetime) -> None:
    """提交时记下少交了哪些材料。须在事务里。

    参数：
        reused: {材料编码: (材料名称, 取自)}；取自见 `rules.REUSED`。
    """
    Reuse.objects.bulk_create(
        Reuse(
            case_no=case_no,
            material_code=code,
            material_name=name,
            source=source,
            item_code=item.code,
            item_name=item.name[:200],
            department=item.department,
            at=at,
        )
        for code, (name, source) in reused.items()
    )
