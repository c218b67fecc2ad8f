"""申请材料里来自证照库的那些：哪张证照、选用时验章的结论、现在什么状态；以及哪些材料能从证照库取。"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shilong.service.catalog.views import MaterialView
from shilong.service.licences.models import LicenceType, UsedCopy
from shilong.service.licences.rules.states import LIVE, STATE_NAMES, TONES, State
from shilong.service.licences.selectors.holder import names_of
from shilong.service.licences.usage import BASES


@dataclass(frozen=True, slots=True)
class Origin:
    """一份材料文件的来历。`state_name` 是证照现在的状态，不是选用时的。"""

    name: str
    number: str
    basis: str
    checked: str
    at: datetime
    state_name: str
    tone: str
    live: bool


def origins(file_ids: Iterable[str]) -> dict[str, Origin]:
    """{文件编号: 来历}，不是来自证照库的没有。办件能不能看由调用处先判。"""
    rows = UsedCopy.objects.filter(file_id__in=list(file_ids)).select_related("licence")
    return {str(one.file_id): _origin(one) for one in rows}


def from_library(materials: Iterable[MaterialView]) -> set[str]:
    """能从证照库取的材料编码：有这种启用的电子证照。"""
    known = set(LicenceType.objects.filter(active=True, electronic=True).values_list("name", flat=True))
    return {one.code for one in materials if not one.generated and names_of(one) & known}


def _origin(one: UsedCopy) -> Origin:
    state = State(one.licence.state)
    return Origin(
        name=one.licence.name,
        number=one.licence.number,
        basis=BASES.get(one.basis, one.basis),
        checked=one.checked,
        at=one.at,
        state_name=STATE_NAMES[state],
        tone=TONES[state],
        live=state in LIVE,
    )


__all__ = ["Origin", "from_library", "origins"]
