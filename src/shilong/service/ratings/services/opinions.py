"""收下一条评价。每个入口先认人，再进同一个 `_write`：核对内容、次数、间隔，记下，差评立单。"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.codes import redaction
from shilong.foundation.events import services as events
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.cases.selectors import progress
from shilong.service.cases.selectors import served as cases
from shilong.service.ratings.models import Occasion, Rating, Terminal, Token
from shilong.service.ratings.refusals import (
    AlreadyRated,
    LinkUnusable,
    NotRateableYet,
    NotYours,
    ServiceNotFound,
    StaffCannotRate,
    TooSoon,
)
from shilong.service.ratings.rules import scores
from shilong.service.ratings.services import attachments, handling, occasions, policies

CLOCK_SLACK = timedelta(days=7)  # 评价器离线补传最多追溯这么久


@dataclass(frozen=True, slots=True)
class Opinion:
    """一条评价的内容。`files` 是（内容，文件名）。"""

    level: object
    tags: Sequence[str] = ()
    text: str = ""
    anonymous: bool = True
    files: Sequence[tuple[BinaryIO, str]] = field(default=())


@dataclass(frozen=True, slots=True)
class _Entry:
    """从哪里来的评价。"""

    pf: str
    at: datetime
    client_id: UUID | None = None
    recorded_by: int | None = None


def rate_case(case_no: str, node: str, opinion: Opinion, *, actor: Actor, pf: str, at: datetime | None = None) -> Rating:
    """本人在网上评自己的办件（一事一评）。

    参数：
        node: 服务环节码。
        pf: 渠道，1 电脑端、2 移动端。

    异常：
        StaffCannotRate、OthersCase: 工作人员，或不是本人的办件。
        NotRateableYet: 还没走到这个环节。
        AlreadyRated、TooSoon 及 `scores.check` 的各种。
    """
    if actor.is_staff:
        raise StaffCannotRate
    case = cases.owned(case_no, actor)
    step = occasions.reached(case_no).get(node)
    if step is None:
        raise NotRateableYet
    with transaction.atomic():
        row = occasions.open_node(case, node, step.at, required=node == occasions.DONE)
        if row.staff_id is None and step.actor_id != actor.account_id:
            row.staff_id, row.staff_name = step.actor_id, step.actor_name
            row.save(update_fields=["staff_id", "staff_name"])
        return _write(row, opinion, _Entry(pf, at or timezone.now()), actor.account_id)


def rate_by_link(token: str, opinion: Opinion, *, actor: Actor) -> Rating:
    """凭一次性链接评价；登录了别的账号打开的不收。

    异常：
        LinkUnusable: 链接不对、用过或过期。
        StaffCannotRate、NotYours: 工作人员，或登录的不是本人。
    """
    with transaction.atomic():
        row = usable(token, actor, lock=True)
        row.used_at = timezone.now()
        row.save(update_fields=["used_at"])
        owner = Occasion.objects.get(pk=row.occasion_id)
        return _write(owner, opinion, _Entry(row.pf, timezone.now()), owner.account_id)


def usable(token: str, actor: Actor, *, lock: bool = False) -> Token:
    """链接能不能用。异常同 `rate_by_link`。"""
    rows = Token.objects.select_for_update() if lock else Token.objects.select_related("occasion")
    row = rows.filter(digest=occasions.digest(token[:80])).first()
    if row is None:
        raise LinkUnusable(detail="不对，请核对后再打开")
    if row.used_at is not None:
        raise LinkUnusable(detail="已经用过")
    if row.expires_at <= timezone.now():
        raise LinkUnusable(detail="已过有效期")
    if actor.is_staff:
        raise StaffCannotRate
    if actor.account_id is not None and row.occasion.account_id not in (None, actor.account_id, actor.agent_for):
        raise NotYours
    return row


def rate_on_terminal(terminal: Terminal, client_id: UUID, occasion: UUID | None, opinion: Opinion, rated_at: datetime) -> Rating:
    """窗口评价器交来的评价，可能是断网期间存下的。同一 `client_id` 只收一次，重传返回原来那条。

    参数：
        client_id: 评价器生成的编号。
        occasion: 弹出来的那次服务；断网时没有弹出、群众自己点开评的为 None，另记一次现场服务。
        rated_at: 评价器上的时间；比现在晚的、早过 7 日的按现在记（评价器的钟可能不准）。
    """
    known = Rating.objects.filter(client_id=client_id).first()
    if known is not None:
        return known
    now = timezone.now()
    at = rated_at if now - CLOCK_SLACK <= rated_at <= now else now
    with transaction.atomic():
        if occasion is None:
            row = occasions.open_onsite(terminal.window, None, source=f"terminal:{client_id}", at=at)
            if not row.department:
                row.department = terminal.department
                row.save(update_fields=["department"])
        else:
            found = Occasion.objects.filter(uid=occasion, window=terminal.window).first()
            if found is None:
                raise ServiceNotFound
            row = found
        return _write(row, opinion, _Entry("4", at, client_id), row.account_id)


def record_by_phone(case_no: str, query_code: str, opinion: Opinion, *, actor: Actor, ip: str) -> Rating:
    """电话代录：群众打电话来评，报办件编号与查询码证明是本人，由审批局话务人员照录，不得是办理部门的人。

    异常：
        NotAllowed: 不是审批局。
        ProgressNotMatched: 编号与查询码对不上。
    """
    require(actor, Role.BUREAU)
    progress(case_no, query_code, ip)
    case = cases.served(case_no)
    if case is None:
        raise ServiceNotFound
    step = occasions.reached(case.case_no).get(occasions.DONE)
    if step is None:
        raise NotRateableYet
    if actor.account_id == step.actor_id:
        raise StaffCannotRate
    with transaction.atomic():
        row = occasions.open_node(case, occasions.DONE, step.at, required=True)
        made = _write(row, opinion, _Entry("8", timezone.now(), recorded_by=actor.account_id), case.account_id)
        audit.record("rating.phone", actor=actor, object_type="rating", object_id=str(made.uid), detail={"case_no": case.case_no})
    return made


def rate_by_system(row: Occasion, *, at: datetime) -> Rating | None:
    """记系统默认评价；已有评价的不记。须在事务里，由作业调用。"""
    locked = Occasion.objects.select_for_update().get(pk=row.pk)
    if locked.rated:
        return None
    level = policies.current()["default_level"]
    made = Rating.objects.create(
        occasion=locked,
        number=1,
        satisfaction=level,
        pf=scores.SYSTEM_CHANNEL,
        automatic=True,
        rated_at=at,
        **_place(locked),
    )
    _rated(locked, made)
    return made


def _write(occasion: Occasion, opinion: Opinion, entry: _Entry, owner_id: int | None) -> Rating:
    """记下一条评价。须在事务里。"""
    row = Occasion.objects.select_for_update().get(pk=occasion.pk)
    level, tags, text = scores.check(opinion.level, opinion.tags, opinion.text)
    if row.rated >= 2:
        raise AlreadyRated
    _refuse_repeat(row, entry.at)
    known = cases.contacts([row.case_no]).get(row.case_no) if text and row.case_no else None
    names = [known.name if known else "", row.staff_name]
    made = Rating.objects.create(
        occasion=row,
        number=row.rated + 1,
        satisfaction=level,
        tags=tags,
        text=text,
        shown=redaction.redact(text, names),
        pf=entry.pf,
        anonymous=opinion.anonymous or not row.case_no,
        client_id=entry.client_id,
        recorded_by=entry.recorded_by,
        rated_at=entry.at,
        person=row.person,
        **_place(row),
    )
    attachments.attach(made, opinion.files, owner_id)
    _rated(row, made)
    if level in scores.BAD and not made.anonymous:
        handling.open_ticket(made, row)
    return made


def _rated(row: Occasion, made: Rating) -> None:
    row.rated = made.number
    row.save(update_fields=["rated"])
    events.emit("rating.rated", key=row.number, occasion=row.pk, rating=made.pk)


def _place(row: Occasion) -> dict[str, str]:
    return {"department": row.department, "item_code": row.item_code, "window": row.window}


def _refuse_repeat(row: Occasion, at: datetime) -> None:
    """10 分钟内同一人对同一窗口只能评一次（standards §3.5 P05）；网上评的没有窗口，不受此限。"""
    minutes = policies.current()["repeat_minutes"]
    if not row.window or not row.person or not minutes:
        return
    near = (at - timedelta(minutes=minutes), at + timedelta(minutes=minutes))
    if Rating.objects.filter(person=row.person, window=row.window, automatic=False, rated_at__range=near).exists():
        raise TooSoon(minutes=minutes)
