"""提交时的快照：材料、申请表、时限与审查方案。之后事项改了，不影响在办件。"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from shilong.foundation.files import selectors as files
from shilong.identity.roles.actor import Actor, Role
from shilong.service.cases.models import Case, CaseMaterial
from shilong.service.cases.refusals import FormInvalid, MaterialMissing, NotYourFile, PayloadInvalid
from shilong.service.cases.rules import clocks
from shilong.service.cases.services.commands import MaterialInput, SubmitCommand
from shilong.service.cases.services.work import Work
from shilong.service.catalog.views import ItemView, MaterialView
from shilong.service.forms import rules as forms
from shilong.service.forms import selectors as form_store

MAX_FILES = 50
_UNITS = {"1", "2", "3"}
_WITHOUT_FILE = {"licence", "share", "paper"}
_PERMIT = "01"


def policy(item: ItemView) -> dict[str, Any]:
    """时限与特别程序快照。许可没有另行规定法定期限的，按行政许可法第四十二条二十个工作日。"""
    extra = item.extra
    legal = _limit(item.legal_days, item.legal_unit)
    promise = _limit(item.promise_days, item.promise_unit) or [0, "1"]
    if legal is None or (legal[0] == 0 and promise[0] > 0):
        legal = [clocks.DEFAULT_LEGAL_DAYS, "1"] if item.type == _PERMIT else None
    return {
        "promise": promise,
        "legal": legal,
        "special": [
            {"kind": one.kind, "name": one.name, "basis": one.basis, "days": one.days, "pauses": one.pauses}
            for one in item.special
            if one.kind != "extend"
        ],
        "extend": next(({"days": one.days, "basis": one.basis} for one in item.special if one.kind == "extend" and one.basis), None),
        "promise_system": bool(item.promise_system),
        "late_days": {one.code: one.late_days for one in item.materials if one.allow_late and one.late_days},
        "result_name": item.result_name,
        "result_type": item.result_type,
        "in_person": in_person(item),
        "scene": int(extra.get("limit_scene_num") or 0),
        "task_code": item.task_code,
        "catalog_code": item.catalog_code,
        "department_code": item.department_code,
        "organ": _organ(item),
    }


def _organ(item: ItemView) -> dict[str, str]:
    """文书上要写明的：实施机关全称、咨询电话、办理窗口、复议机关、有管辖权的法院、设定依据。"""
    extra = item.extra
    return {
        "name": str(extra.get("dept_full_name") or ""),
        "phone": str(extra.get("link_way") or ""),
        "window": str(extra.get("transact_addr") or ""),
        "review_organ": str((extra.get("reconsider") or {}).get("dept") or ""),
        "court": str((extra.get("lawsuit") or {}).get("dept") or ""),
        "basis": "、".join(_law(row) for row in extra.get("by_law") or [] if row.get("law")),
    }


def _law(row: Mapping[str, Any]) -> str:
    name = str(row["law"])
    return (name if "《" in name else f"《{name}》") + str(row.get("article") or "")


def in_person(item: ItemView) -> bool:
    """是否依法须申请人本人到场：事项的“必须现场办理原因”写明亲自或本人到场的（行政许可法第二十九条但书）。"""
    why = str(item.extra.get("limit_scene_explain") or "")
    return bool(item.extra.get("limit_scene_num")) and ("亲自" in why or "须本人" in why)


def _limit(amount: Any, unit: str) -> list[Any] | None:
    if amount is None:
        return None
    return [int(amount), unit if unit in _UNITS else "1"]


def form(item_form: Mapping[str, Any], data: Any, situation: Mapping[str, Any]) -> dict[str, Any]:
    """按表单定义校验申请表；情形答案供显示条件引用。异常：FormInvalid。"""
    if not isinstance(data, dict):
        raise FormInvalid(count=1, fields={"form": "申请表应是一组字段"})
    clean, errors = forms.validate(item_form, data, {f"situation.{key}": value for key, value in situation.items()})
    if errors:
        fields = {f"form.{path}" if path else "form": message for path, message in errors.items()}
        raise FormInvalid(count=len(errors), fields=fields)
    return dict(clean)


def materials(
    case: Case, needed: Sequence[MaterialView], command: SubmitCommand, actor: Actor, *, catalogued: Sequence[MaterialView] = ()
) -> list[CaseMaterial]:
    """核对材料：必要的齐不齐、能不能容缺、文件是不是提交人上传的。

    `catalogued` 是本事项目录里的全部材料：所选情形用不着而申请人自愿交来的也收下，不丢、也不要求。
    部门核发、可以共享的材料没交的，按共享取得处理，不得要求重复提交（河南省优化营商环境条例）。

    异常：MaterialMissing（fields 指明哪份）、NotYourFile、PayloadInvalid。
    """
    given: dict[str, MaterialInput] = {}
    for one in command.materials:
        if one.code in given:
            raise PayloadInvalid(fields={f"materials.{one.code}": "同一份材料出现了两次，请合并文件"})
        given[one.code] = one
    extra = [one for one in catalogued if one.code in given and one.code not in {row.code for row in needed}]
    unknown = sorted(set(given) - {one.code for one in (*needed, *extra)})
    if unknown:
        raise PayloadInvalid(fields={f"materials.{code}": "本事项的材料目录里没有这份材料" for code in unknown})
    errors, late_errors = {}, {}
    for view in needed:
        found = given.get(view.code)
        if _provided(view, found):
            continue
        if found is not None and found.late:
            if not view.allow_late:
                late_errors[f"materials.{view.code}"] = f"“{view.name}”不能容缺后补"
            elif not command.late_promise:
                late_errors["late_promise"] = "申请容缺后补须先签容缺受理承诺书"
        elif view.need in ("1", "3"):
            hint = "；可以申请容缺后补" if view.allow_late else ""
            errors[f"materials.{view.code}"] = f"缺少“{view.name}”，请上传{hint}"
    if late_errors:
        raise PayloadInvalid("容缺受理的条件还不满足，请按提示处理。", fields=late_errors)
    if errors:
        raise MaterialMissing(names="、".join(v.name for v in needed if f"materials.{v.code}" in errors), fields=errors)
    _own_files(case, command.materials, actor)
    kept = [view for view in needed if view.code in given or view.generated or (view.can_share and view.need == "1")]
    return [_row(case, view, given.get(view.code)) for view in (*kept, *extra)]


def _provided(view: MaterialView, one: MaterialInput | None) -> bool:
    """已经提供：有文件，或声明由证照库、共享数据取得且事项允许，或窗口收了纸质，或由申请表生成。"""
    if view.generated or one is None:
        return view.generated or view.can_share
    return bool(one.file_ids) or one.source == "paper" or (one.source in _WITHOUT_FILE and view.can_share)


def _row(case: Case, view: MaterialView, one: MaterialInput | None) -> CaseMaterial:
    provided = _provided(view, one)
    return CaseMaterial(
        case=case,
        code=view.code,
        name=view.name,
        need=view.need,
        file_ids=[str(file_id) for file_id in one.file_ids] if one else [],
        source=one.source if one else "form" if view.generated else "share",
        late=bool(one and one.late and not provided),
        provided_at=case.submitted_at if provided else None,
    )


def _own_files(case: Case, rows: Sequence[MaterialInput], actor: Actor) -> None:
    """文件必须是提交人（或被代理的申请人）自己上传的：编号可以猜，归属不能冒充。证照库取来的文件没有上传人。"""
    owners = {actor.account_id, actor.agent_for, case.account_id} - {None}
    for row in rows:
        if row.source == "paper" and not actor.has(Role.WINDOW):
            raise PayloadInvalid(fields={f"materials.{row.code}": "只有窗口可以登记纸质材料，请上传电子文件"})
        if len(row.file_ids) > MAX_FILES:
            raise PayloadInvalid(fields={f"materials.{row.code}": f"一份材料最多 {MAX_FILES} 个文件"})
    found = files.get_many(file_id for row in rows for file_id in row.file_ids)
    for row in rows:
        for file_id in row.file_ids:
            owner = found[str(file_id)].owner_id
            if owner in owners or (owner is None and row.source in ("licence", "share")):
                continue
            raise NotYourFile(fields={f"materials.{row.code}": "这个文件不是您上传的"})


def replace_materials(work: Work, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """补正或补交：新批次替换同编码的旧材料，旧批次保留可查。返回涉及的材料名。"""
    inputs = [_input(index, row) for index, row in enumerate(rows)]
    _own_files(work.case, inputs, work.actor)
    known = {row.code: row for row in work.materials}
    names: list[str] = []
    for one in inputs:
        old = known.get(one.code)
        if old is None:
            raise PayloadInvalid(fields={f"materials.{one.code}": "办件里没有这份材料"})
        if not one.file_ids and one.source != "paper" and old.source not in ("licence", "share"):
            # 能不能共享取得在提交时已按事项核过；补交时自称“共享取得”不算数，否则一个文件不交也能补齐。
            raise PayloadInvalid(fields={f"materials.{one.code}": "请上传文件"})
        old.replaced = True
        old.save(update_fields=["replaced"])
        fresh = CaseMaterial.objects.create(
            case=work.case,
            code=old.code,
            name=old.name,
            need=old.need,
            file_ids=[str(file_id) for file_id in one.file_ids],
            source=one.source,
            late=old.late,
            late_due=old.late_due,
            batch=old.batch + 1,
            provided_at=work.now,
        )
        work.materials[work.materials.index(old)] = fresh
        names.append(old.name)
    return names


def _input(index: int, row: Mapping[str, Any]) -> MaterialInput:
    files_ = row.get("file_ids")
    source = str(row.get("source") or "upload")
    if not isinstance(files_, list) or (not files_ and source not in _WITHOUT_FILE):
        raise PayloadInvalid(fields={f"materials.{index}": "请上传文件"})
    return MaterialInput(str(row.get("code") or ""), [str(one) for one in files_], source=source[:12])


def replace_form(work: Work, data: Any) -> None:
    """补正时修改申请表：按受理时的表单版本校验，旧内容加密存进履历。"""
    definition = form_store.definition(work.case.form_code, work.case.form_version or None)
    dossier = work.dossier
    clean = form(definition, data, dossier.situation)
    work.secret = json.dumps({"form_before": json.loads(dossier.form)}, ensure_ascii=False)
    dossier.form = json.dumps(clean, ensure_ascii=False)
    dossier.save(update_fields=["form"])
    work.data["form_changed"] = True
