"""证照给别的模块与页面看的样子。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shilong.foundation.codes import masks
from shilong.service.licences.faces import values
from shilong.service.licences.models import Licence, LicenceEvent
from shilong.service.licences.rules import validity
from shilong.service.licences.rules.states import MOVES, STATE_NAMES, TONES, State

ACTION_NAMES = {**{str(act): move.name for act, move in MOVES.items()}, "make": "制证", "produce": "补制电子证照", "import": "存量入库"}


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """列表的一行；自然人姓名脱敏。"""

    uid: str
    identifier: str
    name: str
    type_code: str
    number: str
    version: int
    holder: str
    department: str
    issuer: str
    issue_date: date | None
    valid_end: date | None
    valid_text: str
    state: str
    state_name: str
    tone: str
    electronic: bool
    case_no: str
    created_at: datetime
    problem: str


@dataclass(frozen=True, slots=True)
class LicenceView:
    """一张证照；`face` 是照面各项 [(名称, 值)]，给本人看是明文，给工作人员看证件号脱敏。"""

    row: LicenceRow
    holder_kind: str
    holder_code: str
    holder_code_type: str
    face: list[tuple[str, str]]
    fields: list[dict[str, Any]]
    width: float
    height: float
    issued_at: datetime | None
    issued_by: str
    seal_name: str
    ofd_digest: str
    pdf_digest: str
    history: list[tuple[str, LicenceEvent]]

    @property
    def landscape(self) -> bool:
        return self.width > self.height


def row_of(one: Licence, *, plain: bool = False) -> LicenceRow:
    """一行。`plain` 为真给本人看，不脱敏。"""
    state = State(one.state)
    person = one.holder_kind == "1" and not plain
    return LicenceRow(
        uid=str(one.uid),
        identifier=one.identifier,
        name=one.name,
        type_code=one.type_code,
        number=one.number,
        version=one.version,
        holder=masks.mask_name(one.holder_name) if person else one.holder_name,
        department=one.department,
        issuer=one.issuer_name,
        issue_date=one.issue_date,
        valid_end=one.valid_end,
        valid_text=validity.text(one.valid_start, one.valid_end) if one.issue_date else "签发后起算",
        state=one.state,
        state_name=STATE_NAMES[state],
        tone=TONES[state],
        electronic=bool(one.ofd_digest),
        case_no=one.case_no,
        created_at=one.created_at,
        problem=one.problem,
    )


def view_of(one: Licence, *, plain: bool = False) -> LicenceView:
    """一张。"""
    face = values.extended(one)
    person = one.holder_kind == "1" and not plain
    return LicenceView(
        row=row_of(one, plain=plain),
        holder_kind=one.holder_kind,
        holder_code=masks.mask_idno(one.holder_code) if person else one.holder_code,
        holder_code_type=values.CODE_TYPES.get(one.holder_code_type, "其他"),
        face=[(field["label"], _shown(one, field, face, plain=plain)) for field in one.type.fields if face.get(field["key"])],
        fields=[{**field, "value": face.get(field["key"], "")} for field in one.type.fields],
        width=one.type.template.get("width", 210),
        height=one.type.template.get("height", 297),
        issued_at=one.issued_at,
        issued_by=one.issued_by,
        seal_name=one.seal_name,
        ofd_digest=one.ofd_digest,
        pdf_digest=one.pdf_digest,
        history=[(ACTION_NAMES.get(entry.action, entry.action), entry) for entry in one.history.order_by("seq")],
    )


def _shown(one: Licence, field: Mapping[str, Any], face: Mapping[str, str], *, plain: bool) -> str:
    """照面项给工作人员看的样子：标为敏感的遮住；与自然人持证人同名的（如负责人就是本人）同样脱敏。"""
    value = face[field["key"]]
    if plain:
        return value
    if one.holder_kind == "1" and value == one.holder_name:
        return masks.mask_name(value)
    return masks.mask_idno(value) if field.get("secret") else value
