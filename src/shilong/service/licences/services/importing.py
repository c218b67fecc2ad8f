"""存量证照批量导入：逐行核对，坏行留着原因；好行可以先进，坏行改好再传；断了接着导，不会重。"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.codes import checks
from shilong.foundation.files import sheets
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import Invalid, Refused
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import Actor, require
from shilong.service.licences import journal, permissions
from shilong.service.licences.models import ImportRow, ImportRun, Licence, LicenceType
from shilong.service.licences.refusals import AlreadyValid, LicenceNotFound, TypeNotFound
from shilong.service.licences.rules.states import LIVE, State
from shilong.service.licences.services.making import draft

MOST, CHUNK = 5000, 50
# （列名，别名，说明）；别名是 GB/T 36903 缩写，JSON 里常用
COLUMNS = (
    ("证照编号", "ZZBH", True),
    ("持证主体", "CZZT", True),
    ("持证主体代码", "CZZTDM", True),
    ("颁发日期", "ZZBFRQ", True),
    ("有效期起", "ZZYXQQSRQ", False),
    ("有效期止", "ZZYXQJZRQ", False),
)
Status = ImportRow.Status


def read_table(content: bytes, filename: str) -> list[dict[str, str]]:
    """读 Excel（首行列名）或 JSON（对象的列表），一行一个字典。

    异常：
        Invalid: 不是这两种文件、没有数据，或超过 5,000 行。
    """
    rows = [row for _, row in sheets.rows(content, filename, most=MOST)]
    if not rows:
        raise Invalid("文件里没有数据行。")
    if len(rows) > MOST:
        raise Invalid(f"一次最多导入 {MOST} 行，请分成几个文件。")
    return rows


def import_rows(type_code: str, filename: str, rows: Sequence[Mapping[str, str]], *, actor: Actor, whole: bool = False) -> ImportRun:
    """登记一次导入，好行排进后台。

    参数：
        whole: 真为“全部正确才导入”：有一行不对就一行也不进，改好后 `continue_import` 或重传。

    异常：
        NotAllowed: 不是部门审批人员。TypeNotFound: 没有这种证照，或不归本部门发。
    """
    require(actor, *permissions.MAKERS)
    kind = LicenceType.objects.filter(code=type_code, active=True).first()
    if kind is None or not actor.covers(kind.department):
        raise TypeNotFound("没有这种证照，或不归本部门颁发。")
    run = ImportRun(
        department=kind.department,
        filename=filename[:200],
        type=kind,
        total=len(rows),
        actor_id=actor.account_id or 0,
        actor_name=actor.name,
        created_at=timezone.now(),
    )
    seen: set[str] = set()
    with transaction.atomic():
        run.save()
        made = [_row(run, kind, line, values, seen) for line, values in enumerate(rows, 2)]
        ImportRow.objects.bulk_create(made, batch_size=500)
        bad = sum(one.status == Status.FAILED for one in made)
        audit.record(
            "licence.import", actor=actor, object_type="licence_import", object_id=str(run.uid), detail={"total": len(made), "bad": bad}
        )
        if bad < len(made) and not (whole and bad):
            _enqueue(run)
    return run


def continue_import(uid: UUID | str, *, actor: Actor) -> None:
    """接着导还没导的行（“全部正确才导入”而决定先进好行的，也点这里）。异常：LicenceNotFound。"""
    require(actor, *permissions.MAKERS)
    run = ImportRun.objects.filter(uid=uid).first()
    if run is None or not actor.covers(run.department):
        raise LicenceNotFound("没有找到这次导入，或不是本部门的。")
    with transaction.atomic():
        _enqueue(run)


def run_import(uid: UUID | str) -> None:
    """导一小批，再排下一批。"""
    run = ImportRun.objects.select_related("type").filter(uid=uid).first()
    if run is None:
        return
    actor = accounts.actor_for(run.actor_id)
    for row in run.rows.filter(status=Status.WAITING).order_by("line")[:CHUNK]:
        _one(run, row, actor)
    if run.rows.filter(status=Status.WAITING).exists():
        _enqueue(run)


def _one(run: ImportRun, row: ImportRow, actor: Actor) -> None:
    try:
        with transaction.atomic():
            licence = _store(run, json.loads(row.content), actor)
            ImportRow.objects.filter(pk=row.pk, status=Status.WAITING).update(status=Status.DONE, licence=licence)
    except IntegrityError:
        _fail(row, "同一主体已有一张有效的这种证照")
    except Refused as refusal:
        _fail(row, refusal.text)


def _fail(row: ImportRow, problem: str) -> None:
    ImportRow.objects.filter(pk=row.pk).update(status=Status.FAILED, problem=problem[:500])


def _store(run: ImportRun, values: Mapping[str, str], actor: Actor) -> Licence:
    index = blind_index(values["CZZTDM"])
    if Licence.objects.filter(type=run.type, number=values["ZZBH"], state__in=sorted({*LIVE, State.EXPIRED})).exists():
        raise Invalid(f"编号 {values['ZZBH']} 已在证照库里")
    until = _day(values.get("ZZYXQJZRQ", ""))
    expired = until is not None and until < timezone.localdate()
    if not expired and (rival := Licence.objects.filter(type=run.type, holder_index=index, state__in=sorted(LIVE)).first()):
        raise AlreadyValid(holder="该主体", name=rival.name, number=rival.number)
    enterprise = (len(values["CZZTDM"]) == 18 and not values["CZZTDM"][:17].isdigit()) or values["CZZTDM"][:1] == "9"
    row = draft(
        run.type,
        {
            "holder_name": values["CZZT"],
            "holder_kind": "2" if enterprise else "1",
            "holder_code": values["CZZTDM"],
            "holder_code_type": "001" if enterprise else "111",
            "holder_index": index,
        },
        department=run.department,
        number=values["ZZBH"],
        face=json.dumps({key: text for key, text in values.items() if key.startswith("KZ_") and text}, ensure_ascii=False),
        issue_date=_day(values["ZZBFRQ"]),
        valid_start=_day(values.get("ZZYXQQSRQ", "")) or _day(values["ZZBFRQ"]),
        valid_end=until,
        imported=True,
        origin="import",
        state=State.EXPIRED if expired else State.VALID,
        created_by=actor.name,
    )
    journal.record(row, "import", "", actor, reason="存量证照入库", document_no=run.filename[:100])
    return row


def _row(run: ImportRun, kind: LicenceType, line: int, values: Mapping[str, str], seen: set[str]) -> ImportRow:
    clean = _canonical(kind, values)
    problem = "；".join(_problems(clean, seen))
    seen.add(clean.get("ZZBH", ""))
    status = Status.FAILED if problem else Status.WAITING
    return ImportRow(run=run, line=line, content=json.dumps(clean, ensure_ascii=False), status=status, problem=problem[:500])


def _canonical(kind: LicenceType, values: Mapping[str, str]) -> dict[str, str]:
    """列名换成要素代码；不认识的列不要。"""
    names = {name: key for name, key, _ in COLUMNS} | {one["label"]: one["key"] for one in kind.fields}
    known = set(names.values())
    found = {names.get(name, name): text for name, text in values.items()}
    clean = {key: text.replace("\x00", "").strip()[:500] for key, text in found.items() if key in known}
    return clean | {"CZZTDM": clean.get("CZZTDM", "").upper()}


def _problems(values: Mapping[str, str], seen: set[str]) -> list[str]:
    found = [f"没有填写{name}" for name, key, needed in COLUMNS if needed and not values.get(key)]
    if values.get("ZZBH") and values["ZZBH"] in seen:
        found.append("证照编号与前面的行重复")
    if values.get("CZZTDM") and (problem := _code_problem(values["CZZTDM"])):
        found.append(problem)
    for name, key, _ in COLUMNS[3:]:
        if values.get(key) and _day(values[key]) is None:
            found.append(f"{name}“{values[key][:20]}”不是日期，应写成 2026-11-24")
    start, until = _day(values.get("ZZBFRQ", "")), _day(values.get("ZZYXQJZRQ", ""))
    if start and until and until < start:
        found.append("有效期止早于颁发日期")
    if len(values.get("ZZBH", "")) > 128 or len(values.get("CZZT", "")) > 200:
        found.append("编号或主体名称太长")
    return found


def _code_problem(code: str) -> str:
    for check in (checks.check_idcard, checks.check_uscc):
        try:
            check(code)
        except Refused:
            continue
        return ""
    return "持证主体代码既不是有效的身份证号，也不是有效的统一社会信用代码"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10].replace("/", "-")) if text else None
    except ValueError:
        return None


def _enqueue(run: ImportRun) -> None:
    from shilong.service.licences.tasks import run_import as job  # 作业登记处反过来也用这里

    job.enqueue(str(run.uid), key=f"licences.import:{run.uid}")
