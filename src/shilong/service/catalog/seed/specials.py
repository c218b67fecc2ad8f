"""特别程序：哪些停表、依据是什么（standards §2.5-4：只有法定情形或单行法有规定的才停）。"""

from typing import Any

ART_34, ART_45 = "行政许可法第三十四条第三款", "行政许可法第四十五条"


def _row(kind: str, name: str, basis: str, days: int = 0, pauses: bool = False) -> dict[str, Any]:
    return {"kind": kind, "name": name, "basis": basis, "days": days, "pauses": pauses}


_OVERRIDES = {
    14: [_row("publicity", "简易注销公示", "市场主体登记管理条例第三十三条", 14)],
    18: [_row("publicity", "公示", "就业促进法第五十二条")],
    22: [
        _row("site_check", "调查核实", "工伤保险条例第十九条"),
        _row("awaiting_conclusion", "等待司法机关或者有关行政主管部门结论", "工伤保险条例第二十条第三款", 0, True),
    ],
    26: [
        _row("site_check", "入户调查", "社会救助暂行办法第十一条"),
        _row("verification", "家庭经济状况信息核对", "社会救助暂行办法第五十八条"),
        _row("publicity", "公示", "社会救助暂行办法第十一条"),
    ],
    27: [_row("site_check", "入户调查", "社会救助暂行办法第十六条"), _row("publicity", "公示", "社会救助暂行办法第十六条")],
    28: [_row("site_check", "入户调查", "社会救助暂行办法第四十八条"), _row("publicity", "公示", "社会救助暂行办法第四十八条")],
    29: [],
    32: [_row("cooling_off", "离婚冷静期", "民法典第一千零七十七条", 30)],
    33: [
        _row("evaluation", "收养评估", "民法典第一千一百零五条"),
        _row("announcement", "查找不到生父母的公告", "中国公民收养子女登记办法第七条", 60, True),
    ],
    37: [
        _row("appraisal", "残疾评定", "残疾人证管理办法关于残疾评定的规定", 10, True),
        _row("publicity", "公示", "残疾人证管理办法关于公示的规定"),
    ],
    38: [_row("site_check", "现场核查", ART_34), _row("expert_review", "专家评审", ART_45, 30, True)],
    46: [_row("site_check", "现场勘查", ART_34)],
    51: [_row("inspection", "机具安全技术检验", ART_45, 1, True)],
    55: [_row("post_check", "准予后的核查", "消防法第十五条")],
    60: [_row("publicity", "公示", "社会救助暂行办法第三十条")],
}


def of(seq: int, names: list[str]) -> list[dict[str, Any]]:
    """某事项的特别程序；清单里只写“现场…”的都是现场核查，默认不停表。"""
    if seq in _OVERRIDES:
        return [dict(row) for row in _OVERRIDES[seq]]
    return [_row("site_check", name, ART_34) for name in names]
