"""页面与文书上的叫法：码值取自 `foundation.codes`，时限写成人话。"""

from collections.abc import Iterator, Mapping

from shilong.foundation.codes import services as codes
from shilong.foundation.codes import tables


class Labels(Mapping[str, str]):
    """一张码表的只读映射：码 → 名称。每次现取，管理员改了码表立刻生效。"""

    def __init__(self, key: str) -> None:
        self._key = key

    @property
    def _entries(self) -> Mapping[str, str]:
        return codes.table(self._key).entries

    def __getitem__(self, code: str) -> str:
        return self._entries[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


TASK_TYPE = Labels(tables.TASK_TYPE.key)
USE_LEVEL = Labels(tables.USE_LEVEL.key)
DEPT_TYPE = Labels(tables.DEPT_TYPE.key)
POWER_SOURCE = Labels(tables.POWER_SOURCE.key)
PROJECT_TYPE = Labels(tables.PROJECT_TYPE.key)
SERVER_TYPE = Labels(tables.SERVER_TYPE.key)
HANDLE_FORM = Labels(tables.HANDLE_FORM.key)
HANDLE_AREA = Labels(tables.HANDLE_AREA.key)
ONLINE_DEPTH = Labels(tables.ONLINE_DEPTH.key)
RESULT_TYPE = Labels(tables.RESULT_TYPE.key)
NEED = Labels(tables.IS_NEED.key)
MATERIAL_FORMAT = Labels(tables.MATERIAL_FORMAT.key)
SOURCE = Labels(tables.SOURCE_TYPE.key)
PERSON_TOPIC = Labels(tables.PERSON_TOPIC.key)
CORP_TOPIC = Labels(tables.CORP_TOPIC.key)
PERSON_STAGE = Labels(tables.PERSON_STAGE.key)
CORP_STAGE = Labels(tables.CORP_STAGE.key)

UNITS = {"1": "个工作日", "2": "日", "3": "个月"}


def duration(amount: int, unit: str, *, zero: str = "当场办结") -> str:
    """时限写成人话：5 个工作日、60 日、3 个月；0 写作 `zero`。"""
    return f"{amount} {UNITS.get(unit, '日')}" if amount else zero


def legal_limit(amount: int, unit: str, explain: str = "") -> str:
    """法定时限：法律没有规定具体期限的（0 且有说明）写说明，不能写成“当场办结”。"""
    if amount:
        return duration(amount, unit)
    return explain or "当场办结"
