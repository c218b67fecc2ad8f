"""审查轮次：会签（all）、或签（any）、并行、多轮。纯函数，输入是本轮各任务的结果。"""

from collections.abc import Mapping, Sequence
from typing import Any

AGREE, DISAGREE = "agree", "disagree"


def outcome(mode: str, results: Sequence[str]) -> str:
    """一轮的结果：空串表示还没完。

    会签：全部完成才算完，有一个不同意即不同意。或签：任一同意即同意；全部不同意才是不同意。
    """
    done = [result for result in results if result]
    if mode == "any":
        if AGREE in done:
            return AGREE
        return DISAGREE if results and len(done) == len(results) else ""
    if len(done) < len(results) or not results:
        return ""
    return DISAGREE if DISAGREE in done else AGREE


def rounds(plan: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """审查方案里的各轮。"""
    return list(plan.get("rounds") or [])


def next_round(plan: Mapping[str, Any], current: int, result: str) -> int | None:
    """本轮完成后进入第几轮；None 表示进入决定。不同意的直接进入决定环节，由决定人退回或不予。"""
    following = current + 1
    if result == DISAGREE or following >= len(rounds(plan)):
        return None
    return following


def points(plan: Mapping[str, Any], index: int, key: str) -> list[str]:
    """第 `index` 轮里键为 `key` 的审查任务要逐条核对的要点；没有配置就是空。加签的任务不在方案里，也没有。"""
    steps = rounds(plan)[index].get("tasks", []) if 0 <= index < len(rounds(plan)) else []
    return next((list(step.get("points") or []) for step in steps if step.get("key") == key), [])


def decision(plan: Mapping[str, Any], department: str) -> dict[str, Any]:
    """决定环节的定义；没写的由本部门审批人员决定。"""
    step = dict(plan.get("decision") or {})
    return {
        "key": step.get("key") or "decision",
        "name": step.get("name") or "决定",
        "department": step.get("department") or department,
        "role": step.get("role") or "officer",
        "days": step.get("days") or 0,
    }
