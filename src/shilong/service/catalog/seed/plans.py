"""审查方案：即办件没有审查轮次；承诺件一轮业务审查；多部门的并行或多轮。"""

from typing import Any

NAMES = {
    "wjw": "区卫健委",
    "scjg": "区市场监管局",
    "rsj": "区人社局",
    "mzj": "区民政局",
    "jtj": "区教体局",
    "zjj": "区住建局",
    "cgj": "区城管局",
    "nyj": "区农业农村局",
    "wgl": "区文广旅局",
    "yjj": "区应急局",
    "jtys": "区交通局",
    "sfj": "区司法局",
    "tyjr": "区退役军人局",
    "ybj": "区医保局",
    "fgw": "区发改委",
    "sthj": "市生态环境局石龙分局",
    "ga": "市公安局石龙区分局",
    "xfd": "区消防救援机构",
    "ycj": "市烟草专卖局(石龙)",
    "cl": "区残联",
}


def _task(key: str, name: str, department: str, days: int) -> dict[str, Any]:
    return {"key": key, "name": name, "department": department, "role": "officer", "days": days}


def _round(name: str, *tasks: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "mode": "all", "tasks": list(tasks)}


_ROUNDS = {
    1: [_round("并行审查", _task("r1", "卫生条件审查", "wjw", 3), _task("r2", "消防条件核查", "xfd", 3))],
    29: [_round("残联审核", _task("r1", "残疾类别与等级审核", "cl", 5)), _round("民政审查", _task("r2", "补贴条件审查", "mzj", 5))],
    38: [
        _round("材料与实地审查", _task("r1", "办学条件审查", "jtj", 10), _task("r2", "校舍消防安全核查", "xfd", 10)),
        _round("专家评审意见审查", _task("r3", "专家评审意见审查", "jtj", 8)),
    ],
    44: [_round("并行审查", _task("r1", "排水方案审查", "zjj", 5), _task("r2", "水环境影响意见", "sthj", 5))],
    45: [_round("并行审查", _task("r1", "市容与结构安全审查", "cgj", 3), _task("r2", "广告主体资格核查", "scjg", 2))],
    46: [_round("会签", _task("r1", "道路占用挖掘审查", "cgj", 3), _task("r2", "公安交管会签", "ga", 3))],
    47: [_round("并行审查", _task("r1", "处置方案审查", "cgj", 3), _task("r2", "运输路线交管意见", "ga", 2))],
    52: [
        _round("筹建审查", _task("r1", "设立条件审查", "wgl", 4)),
        _round(
            "最终审核",
            _task("r2", "场所实地检查", "wgl", 3),
            _task("r3", "信息网络安全审核", "ga", 3),
            _task("r4", "消防安全核查", "xfd", 3),
        ),
    ],
}
_LEADER = {1, 22, 26, 27, 33, 38, 45, 46, 47, 52}  # 由负责人决定


def department_name(key: str) -> str:
    """部门简称。"""
    return NAMES.get(key, key)


def other_departments(seq: int) -> str:
    """联办机构：审查方案里除牵头部门外的部门。"""
    rounds = _ROUNDS.get(seq, [])
    lead = {1: "wjw", 29: "mzj", 38: "jtj", 44: "zjj", 45: "cgj", 46: "cgj", 47: "cgj", 52: "wgl"}.get(seq)
    keys = dict.fromkeys(task["department"] for row in rounds for task in row["tasks"] if task["department"] != lead)
    return "、".join(department_name(key) for key in keys)


def of(raw: dict[str, Any]) -> dict[str, Any]:
    """某事项的审查方案。"""
    seq, department = raw["seq"], raw["dept_key"]
    decision = {"name": "决定", "department": department, "role": "leader" if seq in _LEADER else "officer", "days": 1}
    if raw["project_type"] == "1":
        return {"rounds": [], "decision": {**decision, "days": 0}}
    days = max(1, int(raw["promised_days"]) // 2)
    rounds = _ROUNDS.get(seq) or [_round("审查", _task("r1", "业务审查", department, days))]
    copied = [{**row, "tasks": [dict(task) for task in row["tasks"]]} for row in rounds]
    return {"rounds": copied, "decision": decision}
