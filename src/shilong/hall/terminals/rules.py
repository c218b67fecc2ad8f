"""终端的规则：类型、状态、故障单流转、离线判定、页面配置、读卡格式。纯函数，不碰数据库。"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from shilong.foundation.refusals import Invalid

CODE_CHARS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 没有 0 O 1 I L：现场人员照着屏幕敲
CODE_LENGTH = 8  # 31⁸ 约 8.5×10¹¹，半小时内有效，猜不出来
CODE_LIFE = timedelta(minutes=30)
BEAT = 30  # 秒：终端多久报一次
OFFLINE_AFTER = timedelta(seconds=3 * BEAT)  # 连丢三次才算离线，偶尔丢一个包不算
OPEN_FROM, OPEN_UNTIL = time(8, 30), time(17, 30)  # 下班关机不告警
SHOTS_KEPT = timedelta(days=7)
CARD_LIMIT, CARD_WINDOW = 20, timedelta(minutes=10)
IDLE_DEFAULT, IDLE_MIN, IDLE_MAX = 90, 20, 600  # 秒


class Kind(StrEnum):
    KIOSK = "kiosk"
    RATER = "rater"
    SCREEN = "screen"
    TICKET = "ticket"


KIND_NAMES = {Kind.KIOSK: "一体机", Kind.RATER: "评价器", Kind.SCREEN: "等候屏", Kind.TICKET: "取号机"}


class State(StrEnum):
    WAITING = "waiting"
    ACTIVE = "active"
    REVOKED = "revoked"
    RETIRED = "retired"


STATE_NAMES = {State.WAITING: "待激活", State.ACTIVE: "已激活", State.REVOKED: "已吊销", State.RETIRED: "已停用"}


class Reader(StrEnum):
    NONE = "none"
    KEYBOARD = "keyboard"
    DEMO = "demo"


READER_NAMES = {Reader.NONE: "没有", Reader.KEYBOARD: "USB 键盘式", Reader.DEMO: "模拟（演示用）"}
_ID = r"(?<id>\d{17}[\dXx])"
FORMATS = {
    "plain": ("只有号码", f"^{_ID}$"),
    "id_first": ("号码,姓名…", f"^{_ID}[|,;].*$"),
    "name_first": ("姓名,号码…", rf"^[^|,;]*[|,;]{_ID}(?:[|,;].*)?$"),
    "any": ("整段里找号码", rf"^.*?(?<!\d){_ID}(?![\dXx]).*$"),
    "custom": ("自定义", ""),
}
DEVICE_STATES = {"ok": "正常", "out": "缺纸", "error": "故障", "none": "没有", "": "未知"}


class FaultState(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    WORKING = "working"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


FAULT_NAMES = {
    FaultState.OPEN: "待派",
    FaultState.ASSIGNED: "已派",
    FaultState.WORKING: "处理中",
    FaultState.RESOLVED: "已恢复",
    FaultState.CANCELLED: "已撤销",
}
FAULT_TONES = {FaultState.OPEN: "r", FaultState.ASSIGNED: "o", FaultState.WORKING: "b", FaultState.RESOLVED: "g", FaultState.CANCELLED: ""}
PENDING = frozenset({FaultState.OPEN, FaultState.ASSIGNED, FaultState.WORKING})
CATEGORIES = {"printer": "打印机", "reader": "读卡器", "screen": "屏幕或触摸", "network": "网络", "page": "页面", "other": "其他"}


@dataclass(frozen=True, slots=True)
class Step:
    """故障单的一步。`assignee` 为真时被派的人也能做；`note` 为真时必须写说明。"""

    name: str
    sources: frozenset[FaultState]
    target: FaultState
    assignee: bool = False
    note: bool = False


STEPS = {
    "assign": Step("派单", PENDING, FaultState.ASSIGNED),
    "start": Step("开始处理", frozenset({FaultState.ASSIGNED}), FaultState.WORKING, assignee=True),
    "resolve": Step("恢复", frozenset({FaultState.ASSIGNED, FaultState.WORKING}), FaultState.RESOLVED, assignee=True, note=True),
    "cancel": Step("撤销", frozenset({FaultState.OPEN, FaultState.ASSIGNED}), FaultState.CANCELLED, note=True),
    "reopen": Step("重新打开", frozenset({FaultState.RESOLVED}), FaultState.OPEN, note=True),
}
FEATURES = {
    "open": "开始使用",
    "search": "查事项",
    "guide": "看办事指南",
    "progress": "查进度",
    "identify": "刷身份证",
    "apply": "申报",
    "print": "打印",
    "ticket": "现场取号",
    "checkin": "预约签到",
    "video": "看指导视频",
    "fault": "报修",
}
ACTIONS = {
    "register": "登记",
    "edit": "修改",
    "code": "生成激活码",
    "activate": "激活",
    "revoke": "吊销",
    "retire": "停用",
    "push": "下发",
    "shot": "请求截屏",
    "offline": "离线",
    "online": "恢复在线",
    "card": "刷身份证",
}


def is_offline(seen_at: datetime | None, now: datetime) -> bool:
    """多久没有心跳算离线；从没报过的也算。"""
    return seen_at is None or now - seen_at > OFFLINE_AFTER


def should_alarm(at: datetime, *, workday: bool) -> bool:
    """离线要不要告警：只在工作日的开放时间。`at` 是本地时间。"""
    return workday and OPEN_FROM <= at.time() <= OPEN_UNTIL


def clean_code(typed: str) -> str:
    """激活码去掉空格与横线、转大写。"""
    return re.sub(r"[\s-]", "", typed).upper()


def shown_code(code: str) -> str:
    """激活码分两段，便于照着敲。"""
    return f"{code[:4]}-{code[4:]}"


def reader_pattern(config: Mapping[str, Any]) -> str:
    """读卡器输出的格式，前端按它取号码（JavaScript 正则，号码在名为 id 的组里）。"""
    preset = str(config.get("format") or "plain")
    return str(config.get("pattern") or "") if preset == "custom" else FORMATS.get(preset, FORMATS["plain"])[1]


def clean_config(raw: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """页面配置，不认识的键丢掉。

    异常：
        Invalid: 有一项不合规则，`fields` 指出是哪一项。
    """
    wrong: dict[str, str] = {}
    idle = raw.get("idle", IDLE_DEFAULT)
    if not isinstance(idle, int) or not IDLE_MIN <= idle <= IDLE_MAX:
        wrong["idle"] = f"无操作秒数须在 {IDLE_MIN} 到 {IDLE_MAX} 之间。"
    notice = str(raw.get("notice") or "").strip()
    if len(notice) > 120:
        wrong["notice"] = "公告最多 120 个字。"
    start = str(raw.get("start") or "").strip()
    if start and not re.fullmatch(r"/(?![/\\])[^\s\\]{0,180}", start):
        wrong["start"] = "显示页面须是本站地址，以一个斜线开头，如 /screen/hall/。"
    chosen = str(raw.get("format") or "plain")
    if chosen not in FORMATS:
        wrong["format"] = "没有这种读卡格式。"
    pattern = str(raw.get("pattern") or "").strip()
    if chosen == "custom" and (problem := pattern_problem(pattern)):
        wrong["pattern"] = problem
    queue = str(raw.get("queue") or "")
    if not re.fullmatch(r"[a-z0-9_-]{0,32}", queue):
        wrong["queue"] = "没有这个取号大厅。"
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    config = {"idle": idle, "notice": notice, "format": chosen, "pattern": pattern if chosen == "custom" else ""}
    config |= {"queue": queue} if queue else {}
    config |= {"start": start} if kind != Kind.KIOSK else {}
    return config | ({"demo_card": str(raw["demo_card"])[:18]} if raw.get("demo_card") else {})  # 模拟读卡器交出来的虚构号码


def pattern_problem(pattern: str) -> str:
    """自定义的读卡格式哪里不对；没有问题返回空串。"""
    if len(pattern) > 120:
        return "读卡格式最多 120 个字符。"
    if "(?<id>" not in pattern:
        return "读卡格式里要有 (?<id>…) 一组，指明号码在哪里，如 ^ID:(?<id>\\d{17}[\\dXx])$。"
    try:
        re.compile(pattern.replace("(?<id>", "(?P<id>"))
    except re.error:
        return "读卡格式不是正确的正则表达式，请核对括号与转义。"
    return ""


def steps_for(state: str, *, keeper: bool, assignee: bool) -> list[str]:
    """这张故障单此人现在能做的步骤。"""
    return [key for key, step in STEPS.items() if state in step.sources and (keeper or (assignee and step.assignee))]


def duration(seconds: float) -> str:
    """给人看的时长。"""
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时 {rest} 分" if hours < 48 else f"{hours // 24} 天 {hours % 24} 小时"
