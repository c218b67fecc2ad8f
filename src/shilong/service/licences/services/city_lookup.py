"""向市级平台查询、获取、核验（GB/T 36906—2018 三服务）：有依据才问；谁问的、凭什么、答了什么都留痕，拒绝与断线也留。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from shilong.foundation.adapters import services as adapters
from shilong.foundation.audit import services as audit
from shilong.foundation.codes import checks, masks
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import Invalid, Refused
from shilong.identity.roles.actor import Actor, require
from shilong.service.licences import basis, city, permissions
from shilong.service.licences.models import CityCall, Licence
from shilong.service.licences.refusals import CityDown, CityUnavailable, NoBasis, QueryStale
from shilong.service.licences.rules.states import STATE_NAMES, TONES, State
from shilong.service.licences.services.sharing import clean_cause, department_name

SOURCE = "市级电子证照平台"
FRESH = timedelta(minutes=30)  # 查询之后多久内可以接着获取、核验
PERSON = "自然人"
Outcome = CityCall.Outcome


@dataclass(frozen=True, slots=True)
class Ground:
    """一次查询问谁、凭什么。`case_no` 与 `present`（持证人到场、已核验证件）给一个。"""

    holder_code: str
    use_cause: str
    type_code: str = ""
    case_no: str = ""
    present: bool = False


@dataclass(frozen=True, slots=True)
class CityRow:
    """市级平台查到的一张。"""

    identifier: str
    name: str
    number: str
    issuer: str
    issue_date: str
    state_name: str
    tone: str


@dataclass(frozen=True, slots=True)
class CityAnswer:
    """查询的应答：来自哪里、什么时候答的。`uid` 用来接着获取、核验。"""

    uid: str
    at: datetime
    holder: str
    rows: list[CityRow]
    source: str = SOURCE


@dataclass(frozen=True, slots=True)
class CityLicence:
    """获取到的一张的全部要素 [(名称, 值)]，自然人脱敏。"""

    row: CityRow
    at: datetime
    facts: list[tuple[str, str]]
    source: str = SOURCE


@dataclass(frozen=True, slots=True)
class CityCheck:
    """核验结论。`matches` 为空表示本区没有这张证照的文件，没有比对摘要。"""

    identifier: str
    at: datetime
    found: bool
    state_name: str
    tone: str
    matches: bool | None
    source: str = SOURCE


def lookup(ground: Ground, *, actor: Actor) -> CityAnswer:
    """按持证人在市级平台查证照目录。

    异常：
        NotAllowed: 不是窗口或部门人员。Invalid、CauseMissing: 证件号或事由不对。
        NoBasis: 没有依据（留痕）。CityDown: 市级平台没有应答（留痕）。
    """
    require(actor, *permissions.USERS)
    code, cause = _holder_code(ground.holder_code), clean_cause(ground.use_cause)
    call = CityCall(
        action="query",
        cause=cause,
        case_no=ground.case_no.strip().upper()[:50],
        holder_index=blind_index(code),
        holder_masked=masks.mask_idno(code) if len(code) == 18 and code[:17].isdigit() else code,
        type_code=ground.type_code.strip().upper()[:21],
    )
    _require_basis(call, ground, actor)
    found = _ask(call, actor, lambda: city.query(code, cause, type_code=call.type_code))
    rows = [_row(one) for one in found if one.get("certificate_source_id")]
    call.found = [one.identifier for one in rows]
    _keep(call, actor, Outcome.FOUND if rows else Outcome.EMPTY)
    return CityAnswer(str(call.uid), call.at, call.holder_masked, rows)


def obtain(uid: UUID | str, identifier: str, *, actor: Actor) -> CityLicence:
    """获取刚查到的一张的全部要素。

    参数：
        uid: 哪一次查询；只认本人半小时内查到的。

    异常：
        QueryStale、CityDown。Invalid: 市级平台没有这张。
    """
    call = _follow(uid, identifier, "fetch", actor)
    data = _ask(call, actor, lambda: _fetched(identifier, call.cause))
    _keep(call, actor, Outcome.FOUND if data else Outcome.EMPTY)
    if not data:
        raise Invalid("市级平台没有这张证照，可能刚被注销，请重新查询。")
    return CityLicence(_row(data), call.at, _facts(data))


def confirm(uid: UUID | str, identifier: str, *, actor: Actor) -> CityCheck:
    """向市级平台核验刚查到的一张：状态，以及本区存有文件的，摘要是否一致。异常：QueryStale、CityDown。"""
    call = _follow(uid, identifier, "verify", actor)
    mine = Licence.objects.filter(identifier=identifier).values_list("ofd_digest", flat=True).first() or ""
    data = _ask(call, actor, lambda: city.check(identifier, mine))
    found = bool(data.get("found"))
    name, tone = _state(str(data.get("status", "")))
    _keep(call, actor, Outcome.FOUND if found else Outcome.EMPTY, detail=name if found else "")
    return CityCheck(identifier, call.at, found, name, tone, bool(data.get("fileMatches")) if found and mine else None)


def _holder_code(text: str) -> str:
    code = text.replace("\x00", "").strip().upper()
    for check in (checks.check_idcard, checks.check_uscc):
        try:
            check(code)
        except Refused:
            continue
        return code
    raise Invalid("持证人证件号不对。", fields={"holder_code": "请填写 18 位居民身份证号或统一社会信用代码"})


def _require_basis(call: CityCall, ground: Ground, actor: Actor) -> None:
    try:
        if call.case_no:
            basis.of_case(call.case_no, call.holder_index, actor)
            call.basis = "item"
        elif ground.present:
            basis.of_presence(actor)
            call.basis = "present"
        else:
            raise NoBasis("请填写要用到这张证照的办件编号；持证人到窗口的，核验证件原件后勾选“持证人到场”。")
    except NoBasis as refusal:
        call.basis = "none"
        _keep(call, actor, Outcome.DENIED, detail=refusal.text)
        raise


def _follow(uid: UUID | str, identifier: str, action: str, actor: Actor) -> CityCall:
    require(actor, *permissions.USERS)
    origin = CityCall.objects.filter(uid=uid, user_id=actor.account_id, action="query", at__gt=timezone.now() - FRESH).first()
    if origin is None or identifier not in origin.found:
        raise QueryStale
    copied = ("basis", "case_no", "cause", "holder_index", "holder_masked", "type_code")
    return CityCall(action=action, identifier=identifier, **{name: getattr(origin, name) for name in copied})


def _ask(call: CityCall, actor: Actor, question: Any) -> Any:
    """问一句；没有应答的记下来，告诉人怎么办。"""
    try:
        answer = question()
    except CityUnavailable as refusal:
        adapters.failed(city.KEY, refusal.text)
        _keep(call, actor, Outcome.DOWN, detail=refusal.text)
        raise CityDown(detail=refusal.values.get("detail", "")) from refusal
    adapters.succeeded(city.KEY)
    return answer


def _fetched(identifier: str, cause: str) -> dict[str, Any]:
    try:
        return city.fetch(identifier, cause)
    except Invalid:  # 市级平台没有：照样留痕，由调用处说清
        return {}


def _keep(call: CityCall, actor: Actor, outcome: str, *, detail: str = "") -> None:
    call.outcome, call.detail, call.at = outcome, detail[:300], timezone.now()
    call.department, call.department_name = actor.department, department_name(actor)
    call.user_id, call.user_name, call.ip = actor.account_id, actor.name, actor.ip
    call.save()
    audit.record(
        f"licence.city_{call.action}",
        actor=actor,
        object_type="licence_city",
        object_id=str(call.uid),
        result="denied" if outcome == Outcome.DENIED else "ok",
        detail={"basis": call.basis, "case_no": call.case_no, "cause": call.cause, "outcome": outcome, "found": len(call.found)},
    )


def _state(code: str) -> tuple[str, str]:
    try:
        state = State(code)
    except ValueError:
        return (f"其他（{code[:10]}）" if code else "未知", "")
    return STATE_NAMES[state], TONES[state]


def _row(data: Mapping[str, Any]) -> CityRow:
    name, tone = _state(str(data.get("status", "")))
    return CityRow(
        identifier=_text(data, "certificate_source_id"),
        name=_text(data, "certificate_name"),
        number=_text(data, "certificate_number"),
        issuer=_text(data, "issue_dept"),
        issue_date=_text(data, "issue_date"),
        state_name=name,
        tone=tone,
    )


def _facts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    person = data.get("certificate_holder_type") == PERSON
    holder, code = _text(data, "certificate_holder"), _text(data, "certificate_holder_code")
    facts = [
        ("持证主体", masks.mask_name(holder) if person else holder),
        ("主体代码", masks.mask_idno(code) if person else code),
        ("颁发机构", _text(data, "issue_dept")),
        ("颁发日期", _text(data, "issue_date")),
        ("有效期起", _text(data, "validate_start")),
        ("有效期止", _text(data, "validate_end") or "长期"),
        ("版本", _text(data, "version")),
        ("文件摘要（SM3）", _text(data, "file_digest")),
    ]
    return [(label, text) for label, text in facts if text]


def _text(data: Mapping[str, Any], key: str) -> str:
    return str(data.get(key) or "")[:300]


__all__ = ["CityAnswer", "CityCheck", "CityLicence", "CityRow", "Ground", "confirm", "lookup", "obtain"]
