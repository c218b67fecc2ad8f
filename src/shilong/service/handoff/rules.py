"""接力处在哪一步。不碰数据库。"""

from datetime import datetime, timedelta

WAITING, WORKING = timedelta(minutes=5), timedelta(minutes=20)  # 出码后多久要打开；打开后能用多久
STATES = {"waiting": "等手机扫码", "opened": "手机已打开", "done": "已完成", "revoked": "已作废", "expired": "已过期"}
LIVE = ("waiting", "opened")


def state(*, opened: datetime | None, done: datetime | None, revoked: datetime | None, expires: datetime, now: datetime) -> str:
    """现在的状态：完成、作废优先于过期，好让电脑端说清为什么停了。"""
    if done:
        return "done"
    if revoked:
        return "revoked"
    if expires <= now:
        return "expired"
    return "opened" if opened else "waiting"
