"""给各模块测试与演示用：一步造出一枚已启用的章并授权。走真实的申请、审批、制章、启用。"""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from shilong.identity.roles.actor import Actor
from shilong.service.seals import services
from shilong.service.seals.models import Application
from shilong.service.seals.services import GrantTerms


def make_seal(
    department: str, kind: str = "11", *, leader: Actor, bureau: Actor, to: Sequence[Actor] = (), system: bool = True, holder: str = ""
) -> str:
    """造一枚启用的章，返回编号。

    参数：
        leader、bureau: 申请启用的部门负责人与审批制章的人，不能是同一人。
        to: 授权全部文书、可批量的人。
        system: 是否也授权给系统自动签章（制证、出文书）。
    """
    application = services.apply(
        kind=kind, department=department, reason="制发电子印章", document="石编〔2026〕1 号", holder=holder, actor=leader
    )
    services.approve(application, actor=bureau, opinion="同意制发")
    services.make(application, actor=bureau)
    seal_no = Application.objects.values_list("seal__seal_no", flat=True).get(number=application)
    services.activate(seal_no, actor=leader)
    terms = GrantTerms(["*"], timezone.now() + timedelta(days=365), bulk=True, reason="日常审批用章")
    for actor in to:
        services.grant(seal_no, actor.account_id, terms, actor=bureau)
    if system:
        services.grant(seal_no, None, terms, actor=bureau)
    return seal_no
