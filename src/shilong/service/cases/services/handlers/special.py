"""特别程序（行政许可法第四十五条）：停不停表由种类与依据决定，须书面告知所需时间。"""

from collections.abc import Mapping
from typing import Any

from shilong.service.cases.models import SpecialProcedure
from shilong.service.cases.rules import ClockOp, clocks, special
from shilong.service.cases.services.fields import Fields
from shilong.service.cases.services.work import Work


def start(work: Work) -> None:
    """启动特别程序：出告知书，写明所需时间；停表的同时停承诺钟与法定钟。"""
    configured = work.case.policy.get("special") or []
    kind = special.resolve(str(work.payload.get("kind") or ""), configured)
    own: Mapping[str, Any] = next((row for row in configured if row.get("name") == kind.name), {})
    fields = Fields(work.payload)
    reason = fields.text("reason", "启动理由")
    days = fields.integer(
        "days",
        "所需时间",
        low=1 if kind.pauses else 0,
        high=365,
        default=int(own.get("days") or 0) or (None if kind.pauses else 0),
        unit="个工作日",
    )
    fields.done()
    expected = work.due(days) if days else None
    number = work.document("special", special_name=kind.name, reason=reason, basis=kind.basis, days=days, pauses=kind.pauses)
    SpecialProcedure.objects.create(
        case=work.case,
        kind=kind.code[:32],
        name=kind.name,
        basis=kind.basis,
        pauses=kind.pauses,
        min_inspectors=kind.inspectors,
        reason=reason,
        days=days,
        started_at=work.now,
        expected_at=expected,
        number=number,
    )
    work.basis = kind.basis
    if kind.pauses:
        work.ops = [ClockOp.PAUSE_HANDLING]
    work.note = f"启动{kind.name}，" + (f"所需时间 {days} 个工作日，不计入办理期限。" if kind.pauses else "办理期限继续计算。")
    work.data |= {"kind": kind.code, "name": kind.name, "pauses": kind.pauses, "days": days, "reason": reason}


def end(work: Work) -> None:
    """结束特别程序：现场核查须两名以上工作人员（第三十四条第三款）。"""
    row = SpecialProcedure.objects.get(case=work.case, ended_at=None)
    fields = Fields(work.payload)
    result = fields.text("result", "结果") if "result" in work.payload else fields.text("opinion", "结果")
    people = _inspectors(work.payload.get("inspectors"))
    if len(people) < row.min_inspectors:
        fields.errors["inspectors"] = f"{row.name}应当由 {row.min_inspectors} 名以上工作人员进行，请填写全部核查人员姓名"
    fields.done()
    row.ended_at = work.now
    row.result = result
    row.inspectors = people
    row.save(update_fields=["ended_at", "result", "inspectors"])
    work.basis = row.basis
    if row.pauses and row.expected_at and work.now > row.expected_at:
        late = clocks.days_left(row.expected_at, work.now, work.calendar)
        work.data["overrun_days"] = -late
    work.note = f"{row.name}结束：{result}" + (f"（核查人员：{'、'.join(people)}）" if people else "")
    work.data |= {"kind": row.kind, "name": row.name, "result": result, "inspectors": people}


def _inspectors(raw: Any) -> list[str]:
    """核查人员姓名：列表，或用顿号、逗号、空格、换行隔开的文字；同名只算一人。"""
    if isinstance(raw, str):
        for mark in "、，,;；\n":
            raw = raw.replace(mark, " ")
        raw = raw.split()
    if not isinstance(raw, list):
        return []
    people = [str(one.get("name", "") if isinstance(one, dict) else one).strip()[:50] for one in raw]
    return list(dict.fromkeys(name for name in people if name))
