"""下一个叫谁。次序（PD，参数由页面配置）：转来的 → 等够位数的找回号 → 优先号（连叫有上限）→ 预约与现场按比例；同类先到先叫。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

BOOKED, WALK_IN, PRIORITY, OTHER = "b", "w", "p", "o"


@dataclass(frozen=True, slots=True)
class Policy:
    """叫号规则。

    参数：
        booked_share, walkin_share: 预约号与现场号轮流叫的个数，如 2 比 1。
        priority_run: 优先号最多连叫几个，之后让一个普通号，免得普通号一直等。
        early_minutes: 预约时段开始前多少分钟起可以叫。
    """

    booked_share: int = 2
    walkin_share: int = 1
    priority_run: int = 3
    early_minutes: int = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """一个等候的号。

    参数：
        since: 排队的起点，先到先叫；预约号为时段开始与签到时间中较晚的一个。
        slot_start: 预约时段开始；现场号为空。
        ready_after: 找回的号：队列叫满这么多次才轮到它；0 为不是找回的。
        moved: 从别的窗口转来的，已经等过一次。
    """

    id: int
    since: datetime
    booked: bool = False
    priority: bool = False
    slot_start: datetime | None = None
    ready_after: int = 0
    moved: bool = False

    @property
    def mark(self) -> str:
        """记进队列履历的一个字母，下次据此轮换。"""
        if self.moved or self.ready_after:
            return OTHER
        return PRIORITY if self.priority else BOOKED if self.booked else WALK_IN


def choose(waiting: Sequence[Waiting], recent: str, calls: int, policy: Policy, now: datetime) -> Waiting | None:
    """下一个叫谁；没有人等时为 None。

    参数：
        recent: 这条队列最近叫过的号的 `mark`，旧的在前。
        calls: 这条队列今天叫过几次。
    """
    queue = sorted(waiting, key=lambda row: (row.since, row.id))
    early = timedelta(minutes=policy.early_minutes)
    moved = [row for row in queue if row.moved]
    back = [row for row in queue if row.ready_after and row.ready_after <= calls and not row.moved]
    if first := (moved or back):
        return first[0]
    fresh = [row for row in queue if not row.ready_after]
    due = [row for row in fresh if row.slot_start is None or row.slot_start - early <= now]
    pool = due or fresh  # 没有到点的人在等，就不让窗口空着
    if not pool:
        return queue[0] if queue else None  # 只剩还没等够位数的找回号
    return _by_kind(pool, recent, policy)


def _by_kind(pool: Sequence[Waiting], recent: str, policy: Policy) -> Waiting:
    priority = [row for row in pool if row.priority]
    plain = [row for row in pool if not row.priority]
    if priority and (not plain or _run(recent, PRIORITY) < policy.priority_run):
        return priority[0]
    wanted = _turn(recent, policy)
    return next((row for row in plain if row.mark == wanted), plain[0])


def _turn(recent: str, policy: Policy) -> str:
    """该轮到预约号还是现场号。"""
    plain = "".join(mark for mark in recent if mark in (BOOKED, WALK_IN))
    if not plain:
        return BOOKED
    last = plain[-1]
    share = policy.booked_share if last == BOOKED else policy.walkin_share
    if _run(plain, last) < share:
        return last
    return WALK_IN if last == BOOKED else BOOKED


def _run(recent: str, mark: str) -> int:
    """末尾连着几个 `mark`。"""
    return len(recent) - len(recent.rstrip(mark))
