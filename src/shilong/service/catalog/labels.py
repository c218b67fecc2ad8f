"""页面与文书上的叫法：码值取自 `foundation.codes`，时限写成人话。"""

from collections.abc import Iterator, Mapping

from shilong.foundation.codes import services as codes


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


TASK_TYPE = Labels("task_type")
USE_LEVEL = Labels("use_level")
DEPT_TYPE = Labels("dept_type")
POWER_SOURCE = Labels("power_source")
PROJECT_TYPE = Labels("project_type")
SERVER_TYPE = Labels("server_type")
HANDLE_FORM = Labels("handle_form")
HANDLE_AREA = Labels("handle_area")
ONLINE_DEPTH = Labels("online_handle_depth")
RESULT_TYPE = Labels("result_type")
NEED = Labels("is_need")
MATERIAL_FORMAT = Labels("material_format")
SOURCE = Labels("source_type")
PERSON_TOPIC = Labels("user_topic_type")
CORP_TOPIC = Labels("corp_topic_type")
PERSON_STAGE = Labels("person_stage")
CORP_STAGE = Labels("corp_stage")

UNITS = {"1": "个工作日", "2": "日", "3": "个月"}


def duration(amount: int, unit: str, *, zero: str = "当场办结") -> str:
    """时限写成人话：5 个工作日、60 日、3 个月；0 写作 `zero`。"""
    return f"{amount} {UNITS.get(unit, '日')}" if amount else zero


def legal_limit(amount: int, unit: str, explain: str = "") -> str:
    """法定时限：法律没有规定具体期限的（0 且有说明）写说明，不能写成“当场办结”。"""
    if amount:
        return duration(amount, unit)
    return explain or "当场办结"
