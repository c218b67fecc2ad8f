"""登记、修改、批量下发页面配置。"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction

from shilong.foundation.numbering.services import next_number
from shilong.foundation.refusals import Invalid
from shilong.hall.terminals import journal, rules
from shilong.hall.terminals.models import Terminal
from shilong.hall.terminals.permissions import MANAGERS
from shilong.hall.terminals.refusals import NameTaken, TerminalChanged
from shilong.hall.terminals.services.locking import locked
from shilong.identity.roles.actor import Actor, require

MOST = 200  # 一次下发最多几台


@dataclass(frozen=True, slots=True)
class Profile:
    """登记时填的。"""

    name: str
    kind: str
    hall: str
    place: str = ""
    window: str = ""
    reader: str = rules.Reader.NONE


def register(profile: Profile, config: Mapping[str, Any], *, actor: Actor) -> str:
    """登记一台终端，返回编号；还要生成激活码、在终端上输入才能用。

    异常：
        NotAllowed: 不是系统管理员。
        Invalid: 类型、读卡器、配置不对；NameTaken: 重名。
    """
    require(actor, *MANAGERS)
    _check(profile)
    cleaned = rules.clean_config(config, profile.kind)
    try:
        with transaction.atomic():
            row = Terminal.objects.create(number=next_number("terminal"), config=cleaned, **asdict(profile))
            journal.record(row, "register", actor, f"{rules.KIND_NAMES[rules.Kind(profile.kind)]}，{profile.hall}{profile.place}")
    except IntegrityError as error:
        raise NameTaken(fields={"name": NameTaken.message}) from error
    return row.number


def edit(number: str, profile: Profile, config: Mapping[str, Any], *, version: int, actor: Actor) -> None:
    """修改资料与页面配置；类型不能改。配置变了终端会在没人用的时候自己刷新。

    异常：
        TerminalChanged: 页面是旧的（409）。其余同 `register`。
    """
    require(actor, *MANAGERS)
    _check(profile)
    try:
        with transaction.atomic():
            row = locked(number)
            if row.version != version:
                raise TerminalChanged
            changed = [key for key, value in asdict(profile).items() if key != "kind" and getattr(row, key) != value]
            for key in changed:
                setattr(row, key, getattr(profile, key))
            cleaned = rules.clean_config({**row.config, **config}, row.kind)
            if cleaned != row.config or "reader" in changed:
                row.config, row.config_version = cleaned, row.config_version + 1
                changed.append("config")
            row.version += 1
            row.save()
            journal.record(row, "edit", actor, f"改了：{'、'.join(_LABELS[key] for key in changed)}" if changed else "没有变化")
    except IntegrityError as error:
        raise NameTaken(fields={"name": NameTaken.message}) from error


def push(numbers: Sequence[str], changes: Mapping[str, Any], *, actor: Actor) -> int:
    """把配置的几项下发给一批终端，返回台数；没有要改的项也下发，等于让它们刷新页面。停用的跳过。

    参数：
        changes: 只含要改的键（idle、notice）。

    异常：
        Invalid: 没选终端、太多、配置不对。
    """
    require(actor, *MANAGERS)
    wanted = list(dict.fromkeys(numbers))
    if not 1 <= len(wanted) <= MOST:
        raise Invalid(f"请先勾选终端，一次 1 到 {MOST} 台。")
    with transaction.atomic():
        rows = list(Terminal.objects.select_for_update().filter(number__in=wanted).exclude(state=rules.State.RETIRED).order_by("pk"))
        for row in rows:
            row.config = rules.clean_config({**row.config, **changes}, row.kind)
            row.config_version += 1
            row.version += 1
            row.save(update_fields=["config", "config_version", "version"])
            journal.record(row, "push", actor, "、".join(_PUSHED[key] for key in changes) or "刷新页面")
    return len(rows)


_LABELS = {"name": "名称", "hall": "大厅", "place": "位置", "window": "所属窗口", "reader": "读卡器", "config": "页面配置"}
_PUSHED = {"idle": "无操作秒数", "notice": "公告"}


def _check(profile: Profile) -> None:
    wrong: dict[str, str] = {}
    if not 2 <= len(profile.name) <= 60:
        wrong["name"] = "名称须为 2 到 60 个字。"
    if profile.kind not in list(rules.Kind):
        wrong["kind"] = "请选择终端类型。"
    if not 2 <= len(profile.hall) <= 60:
        wrong["hall"] = "大厅须为 2 到 60 个字。"
    if profile.reader not in list(rules.Reader):
        wrong["reader"] = "没有这种读卡器。"
    if len(profile.place) > 100 or len(profile.window) > 20:
        wrong["place"] = "位置最多 100 个字，窗口最多 20 个字。"
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
