"""文书的规则：种类、标题、法条、救济告知。纯函数，不碰数据库。

标题与法条按事项类型区分：只有行政许可（事项类型码 01）援引行政许可法，其余类型援引其设定依据，
不能把许可法的条文印到行政确认、公共服务的文书上。
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone

PERMIT = "01"  # GB/T 39046 附录 A.1 事项类型：行政许可
DAY_END = time(23, 59, 59)
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # 去掉易混的 0 1 I L O U：有人会照着纸念
CODE_LENGTH = 16
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?")

# XML/排版都不接受的控制字符；制表与换行保留。
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Kind:
    """一种文书。

    属性：
        key: 种类键，也是模板文件名。
        name: 通称。
        word: 文号里的字，如“石龙受〔2026〕第000001号”的“受”。
        permit_title: 行政许可事项用的标题；空则与通称相同。
        permit_basis: 行政许可事项的法条。
        public: 是否任何人都可下载（只有不含个人信息的告知单）。
    """

    key: str
    name: str
    word: str
    permit_title: str = ""
    permit_basis: str = ""
    public: bool = False

    def title(self, task_type: str) -> str:
        """文书标题，印在文号之下。"""
        return self.permit_title if self.permit_title and task_type == PERMIT else self.name

    def basis(self, task_type: str) -> str:
        """正文援引的法条（书名号由模板加）；非许可事项没有统一的程序法，返回空串由事项自带依据。"""
        return self.permit_basis if task_type == PERMIT else ""


_LAW = "《中华人民共和国行政许可法》"
KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("receipt", "收件凭证", "收", permit_basis=f"{_LAW}第三十二条"),
        Kind("acceptance", "受理通知书", "受", "行政许可申请受理通知书", f"{_LAW}第三十二条第一款第（五）项"),
        Kind("rejection", "不予受理通知书", "不受", "行政许可申请不予受理通知书", f"{_LAW}第三十二条"),
        Kind("correction", "一次性补正告知书", "补", "行政许可申请材料一次性补正告知书", f"{_LAW}第三十二条第一款第（四）项"),
        Kind("grant", "准予决定书", "准", "准予行政许可决定书", f"{_LAW}第三十八条第一款"),
        Kind("deny", "不予决定书", "不准", "不予行政许可决定书", f"{_LAW}第三十八条第二款"),
        Kind("delivery", "送达回证", "送", permit_basis=f"{_LAW}第四十四条"),
        Kind("special", "特别程序告知书", "特", "行政许可特别程序告知书", f"{_LAW}第四十五条"),
        Kind("extension", "延期告知书", "延", "行政许可延长办理期限告知书", f"{_LAW}第四十二条第一款"),
        Kind("register", "办件登记表", "登"),
        Kind("promise", "承诺书", "诺"),
        Kind("notice", "事项一次性告知单", "告", permit_basis=f"{_LAW}第三十条", public=True),
        Kind("withdrawal", "撤回申请确认书", "撤"),
    )
}

# 模板要素名: 业务里的叫法。
ALIASES: Mapping[str, str] = {
    "actor": "who",
    "competent": "apply_to",
    "correction_due": "deadline",
    "delivered_at": "signed_at",
    "due": "deadline",
    "extend_days": "days",
    "special_days": "days",
    "special_basis": "basis",
    "way": "delivery_way",
}

REVIEW_DAYS = 60  # 行政复议法第二十条：自知道或者应当知道之日起六十日
LAWSUIT_MONTHS = 6  # 行政诉讼法第四十六条：自知道或者应当知道之日起六个月


def remedy(review_organ: str = "", court: str = "") -> str:
    """不予受理、不予决定必须写明的救济途径。

    参数：
        review_organ: 复议机关；默认石龙区人民政府（行政复议法第二十四条：对本级政府工作部门不服）。
        court: 有管辖权的法院；默认不点名，写“有管辖权的人民法院”。
    """
    organ = review_organ or "平顶山市石龙区人民政府"
    return (
        f"如不服本决定，可以自收到本文书之日起六十日内，依据《中华人民共和国行政复议法》第二十条向{organ}申请行政复议；"
        f"也可以自收到本文书之日起六个月内，依据《中华人民共和国行政诉讼法》第四十六条向{court or '有管辖权的人民法院'}提起行政诉讼。"
    )


def verify_code() -> str:
    """验真码：16 位、约 78 比特随机，猜不中，所以验真页不必登录。"""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def clean_code(raw: str) -> str:
    """把人手抄的验真码整理成库内写法：去空格与横线，转大写。"""
    return re.sub(r"[\s\-—－]", "", raw).upper()


def chinese_date(value: date) -> str:
    """成文日期用阿拉伯数字、年月日全写，不编虚位（GB/T 9704—2012 7.3.5.4）。"""
    return f"{value.year}年{value.month}月{value.day}日"


def plain(value: Any) -> Any:
    """把任意取值变成可存 JSON、可排版的值：时间写成中文，数字写成文字，去掉控制字符。

    列表与字典逐层处理；其余对象取其文字形式。整日的时刻（零点、当日末）只写日期。
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return chinese_date(value)
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (Sequence, frozenset, set)) and not isinstance(value, (str, bytes)):
        return [plain(item) for item in value]
    return _text(str(value))


def rows(value: Any, name: str) -> list[dict[str, Any]]:
    """表格行统一成字典：只给了文字时放进 `name` 列。"""
    items = value if isinstance(value, list) else ([value] if value else [])
    return [item if isinstance(item, dict) else {name: item} for item in items]


def _moment(value: datetime) -> str:
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    clock = local.time().replace(microsecond=0)
    return chinese_date(local) if clock in (time(0), DAY_END) else f"{chinese_date(local)}{local:%H:%M}"


def _text(value: str) -> str:
    if _ISO.fullmatch(value):
        try:
            return _moment(datetime.fromisoformat(value)) if len(value) > len("2026-01-01") else chinese_date(date.fromisoformat(value))
        except ValueError:
            return value
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
