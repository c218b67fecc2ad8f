"""要素表：名称、类型、码表、分组。编辑页、导入导出、版本对比、写入前的类型检查都由它驱动，加一个要素只改这里。"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shilong.foundation.refusals import Invalid
from shilong.service.catalog import labels, limits

TEXT, AREA, NUMBER, FLAG, ONE = "text", "area", "number", "flag", "one"
MANY, LINES, ROWS, RECORD, JSON = "many", "lines", "rows", "record", "json"
FILE = "file"  # 只能由上传写入：要素里给出的文件编号一律不认，免得把别人的私密文件挂出去公开
GROUPS = {
    "base": "基本信息",
    "limit": "时限与现场",
    "accept": "受理条件与流程",
    "material": "申请材料",
    "situation": "情形与裁剪",
    "review": "审查方案与特别程序",
    "result": "结果与收费",
    "service": "服务渠道与联系方式",
    "remedy": "权利救济与常见问题",
}
MAX_TEXT, MAX_ROWS = 4000, 100


@dataclass(frozen=True, slots=True)
class Column:
    """子表的一列。"""

    key: str
    label: str
    kind: str = TEXT
    table: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """一个要素。`table` 是 `labels` 里的码表名；`columns` 是子表或记录的列。"""

    key: str
    label: str
    kind: str
    group: str
    table: str = ""
    columns: tuple[Column, ...] = ()
    help: str = ""

    @property
    def choices(self) -> list[tuple[str, str]]:
        return choices(self.table)


def choices(table: str) -> list[tuple[str, str]]:
    """码表的选项；生命周期按名称存，没有码值。"""
    if table == "STAGES":
        return [(name, name) for name in dict.fromkeys([*labels.PERSON_STAGE.values(), *labels.CORP_STAGE.values()])]
    if table == "UNITS":
        return [("1", "工作日"), ("2", "自然日"), ("3", "月")]
    if table == "GET_TYPE":
        return [("1", "纸质收取"), ("2", "上传电子"), ("3", "证照库引用"), ("4", "数据共享"), ("9", "其他")]
    return list(getattr(labels, table).items()) if table else []


MATERIAL_COLUMNS = (
    Column("code", "编号"),
    Column("name", "材料名称"),
    Column("need", "必要性", ONE, "NEED"),
    Column("format", "形式", ONE, "MATERIAL_FORMAT"),
    Column("source_type", "来源渠道", ONE, "SOURCE"),
    Column("get_type", "收取方式", ONE, "GET_TYPE"),
    Column("can_share", "可共享", FLAG),
    Column("share_source", "共享来源"),
    Column("allow_late", "可容缺", FLAG),
    Column("late_days", "补齐工作日", NUMBER),
    Column("copies", "份数", NUMBER),
    Column("is_original", "收原件", FLAG),
    Column("promise_allowed", "可告知承诺", FLAG),
    Column("generated", "由表单生成", FLAG),
    Column("note", "填报须知"),
    Column("accept_stand", "受理标准"),
    Column("by_law", "要求依据"),
    Column("sample", "样表名称"),
    Column("example_guid", "样表文件", FILE),
    Column("form_guid", "空表文件", FILE),
    Column("when", "适用情形", JSON),
)
SPECIAL_COLUMNS = (
    Column("name", "名称"),
    Column("kind", "种类"),
    Column("basis", "依据"),
    Column("days", "最长天数", NUMBER),
    Column("pauses", "停表", FLAG),
)
ELEMENTS: tuple[Element, ...] = (
    Element("name", "事项名称", TEXT, "base"),
    Element("task_type", "事项类型", ONE, "base", "TASK_TYPE"),
    Element("project_type", "办件类型", ONE, "base", "PROJECT_TYPE"),
    Element("department", "实施主体", TEXT, "base", help="由实施编码决定"),
    Element("dept_name", "实施主体简称", TEXT, "base"),
    Element("dept_full_name", "实施主体全称", TEXT, "base"),
    Element("dept_code", "实施主体代码", TEXT, "base", help="18 位统一社会信用代码"),
    Element("dept_type", "实施主体性质", ONE, "base", "DEPT_TYPE"),
    Element("use_level", "行使层级", ONE, "base", "USE_LEVEL"),
    Element("power_source", "权力来源", ONE, "base", "POWER_SOURCE"),
    Element("entrust_name", "委托部门", TEXT, "base", help="权力来源为委托时填写"),
    Element("server_type", "服务对象", MANY, "base", "SERVER_TYPE"),
    Element("user_topic_type", "自然人主题", MANY, "base", "PERSON_TOPIC"),
    Element("corp_topic_type", "法人主题", MANY, "base", "CORP_TOPIC"),
    Element("stages", "生命周期", MANY, "base", "STAGES"),
    Element("by_law", "设定依据", ROWS, "base", columns=(Column("law", "法律法规"), Column("article", "条款"), Column("content", "条文"))),
    Element("other_dept", "联办机构", TEXT, "base"),
    Element("one_thing", "所属一件事", TEXT, "base"),
    Element("remark", "备注", AREA, "base"),
    Element("anticipate_day", "法定时限", NUMBER, "limit"),
    Element("anticipate_type", "法定时限单位", ONE, "limit", "UNITS"),
    Element("anticipate_explain", "法定时限说明", AREA, "limit", help="法律没有规定期限的填 0 并写明"),
    Element("promise_day", "承诺时限", NUMBER, "limit"),
    Element("promise_type", "承诺时限单位", ONE, "limit", "UNITS"),
    Element("promise_explain", "承诺时限说明", AREA, "limit"),
    Element("limit_scene_num", "到现场次数", NUMBER, "limit"),
    Element("limit_scene_explain", "必须现场办理原因", AREA, "limit"),
    Element("limit_explain", "数量限制", TEXT, "limit"),
    Element("accept_condition", "受理条件", LINES, "accept", help="一行一条"),
    Element(
        "handle_flow",
        "办理流程",
        ROWS,
        "accept",
        columns=(Column("name", "环节"), Column("who", "办理人"), Column("days", "时限"), Column("standard", "审查标准")),
    ),
    Element("form_code", "申请表", TEXT, "accept", help="申请表代码，用表单设计器修改内容"),
    Element("form_version", "申请表版本", NUMBER, "accept", help="留空用最新版"),
    Element("materials", "申请材料", ROWS, "material", columns=MATERIAL_COLUMNS),
    Element("situations", "情形", JSON, "situation"),
    Element("review_plan", "审查方案", JSON, "review"),
    Element("special", "特别程序", ROWS, "review", columns=SPECIAL_COLUMNS),
    Element("promise_system", "实行告知承诺", FLAG, "review"),
    Element("result_name", "结果名称", TEXT, "result"),
    Element("result_type", "结果类型", ONE, "result", "RESULT_TYPE"),
    Element("result_validity", "结果有效期", TEXT, "result"),
    Element("result_sample", "结果样本", JSON, "result"),
    Element("is_fee", "是否收费", FLAG, "result"),
    Element(
        "fees",
        "收费项目",
        ROWS,
        "result",
        columns=(
            Column("name", "项目"),
            Column("stand", "标准"),
            Column("by_law", "依据"),
            Column("is_desc", "可减免", FLAG),
            Column("desc_explain", "减免说明"),
        ),
    ),
    Element("handle_form", "办理形式", MANY, "service", "HANDLE_FORM"),
    Element("handle_area", "通办范围", ONE, "service", "HANDLE_AREA"),
    Element("online_handle_depth", "网办深度", MANY, "service", "ONLINE_DEPTH"),
    Element("is_online", "可网上办理", FLAG, "service"),
    Element("is_entry_center", "进驻大厅", FLAG, "service"),
    Element("is_pay_online", "网上支付", FLAG, "service"),
    Element("is_express", "物流快递", FLAG, "service"),
    Element("is_schedule", "可预约", FLAG, "service"),
    Element("is_service_terminals", "自助终端", FLAG, "service"),
    Element("allow_esign", "可用电子签名", FLAG, "service", help="婚姻、收养、继承文书不得用电子签名（电子签名法第三条）"),
    Element("transact_addr", "办理地点", TEXT, "service"),
    Element("transact_time", "办理时间", TEXT, "service"),
    Element("link_way", "咨询方式", TEXT, "service", help="电话带区号 0375"),
    Element("supervise_way", "监督投诉方式", TEXT, "service", help="不能与咨询电话相同"),
    Element("service_type", "中介服务", TEXT, "service"),
    Element("right_duty", "权利与义务", AREA, "remedy"),
    Element(
        "reconsider", "行政复议", RECORD, "remedy", columns=(Column("dept", "机关"), Column("address", "地址"), Column("days", "期限"))
    ),
    Element("lawsuit", "行政诉讼", RECORD, "remedy", columns=(Column("dept", "法院"), Column("address", "地址"), Column("days", "期限"))),
    Element("questions", "常见问题", ROWS, "remedy", columns=(Column("question", "问题"), Column("answer", "解答"))),
)
BY_KEY = {element.key: element for element in ELEMENTS}
_COLUMN_LABELS = {column.key: column.label for column in MATERIAL_COLUMNS}


def label(key: str) -> str:
    """要素的中文名。"""
    element = BY_KEY.get(key)
    return element.label if element else key


def material_label(key: str) -> str:
    """材料子表一列的中文名。"""
    return _COLUMN_LABELS.get(key, key)


def clean(content: Mapping[str, Any]) -> dict[str, Any]:
    """检查要素名与类型并归一；只看形状，业务规则由质检管。

    异常：
        Invalid: `fields` 指出每一处。
    """
    if not isinstance(content, Mapping):
        raise Invalid("要素应是一组“名称: 内容”。")
    errors: dict[str, str] = {}
    cleaned = {}
    for key, value in content.items():
        element = BY_KEY.get(str(key))
        if element is None:
            errors[str(key)[:40]] = "没有这个要素"
            continue
        try:
            cleaned[key] = _clean(element, value)
        except ValueError as error:
            errors[key] = f"{element.label}{error}"
    errors |= {key: label(key) + text for key, text in limits.overlong(cleaned, BY_KEY).items()}
    if errors:
        raise Invalid("要素有误：" + "；".join(f"{label(key)}（{text}）" for key, text in list(errors.items())[:5]), fields=errors)
    return cleaned


def _clean(element: Element, value: Any) -> Any:
    if element.kind == ROWS:
        return [_record(element.columns, row) for row in _list(value)]
    if element.kind == RECORD:
        return _record(element.columns, value)
    if element.kind == LINES:
        return [line for line in (_scalar(TEXT, "", row) for row in _list(value)) if line]
    if element.kind == MANY:
        known = dict(choices(element.table))
        codes = [str(code) for code in _list(value)]
        if unknown := [code for code in codes if code not in known]:
            raise ValueError(f"没有“{unknown[0]}”这个选项")
        return codes
    if element.key == "form_version":
        return None if value in (None, "") else _scalar(NUMBER, "", value)
    if element.kind == JSON:
        return SHAPES[element.key](value)
    return _scalar(element.kind, element.table, value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError("应是列表")
    if len(value) > MAX_ROWS:
        raise ValueError(f"最多 {MAX_ROWS} 行")
    return list(value)


def _record(columns: tuple[Column, ...], row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise ValueError("每一行应是一组“列: 内容”")
    known = {column.key: column for column in columns}
    if unknown := [key for key in row if key not in known]:
        raise ValueError(f"没有“{unknown[0]}”这一列")
    result = {}
    for key, column in known.items():
        if column.kind == JSON:
            result[key] = condition(row.get(key))
        else:
            result[key] = _scalar(column.kind, column.table, row.get(key))
    return result


def _scalar(kind: str, table: str, value: Any) -> Any:
    if kind == FLAG:
        return value in (True, 1, "1", "on", "true", "是")
    if kind == NUMBER:
        return _number(value)
    if value is not None and not isinstance(value, str | int | float):
        raise ValueError("应是文字")
    text = "" if value is None else str(value).strip()
    if len(text) > MAX_TEXT:
        raise ValueError(f"最多 {MAX_TEXT} 字")
    if kind == ONE and text and text not in dict(choices(table)):
        raise ValueError(f"没有“{text}”这个选项")
    return text


def _number(value: Any) -> int:
    if value in (None, ""):
        return 0
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise ValueError("应是整数") from None
    if not 0 <= number <= 100_000:
        raise ValueError("应在 0 到 100000 之间")
    return number


def condition(value: Any, depth: int = 0) -> Any:
    """适用情形条件的形状：`["键","=","值"]`、`{"all"|"any":[…]}`、`{"not":…}`；空为任何情形。"""
    if value in (None, "", [], {}):
        return None
    if depth > 4:
        raise ValueError("适用情形嵌套太深")
    if isinstance(value, Mapping) and len(value) == 1:
        name, inner = next(iter(value.items()))
        if name in ("all", "any") and isinstance(inner, list) and inner:
            return {name: [condition(part, depth + 1) for part in inner]}
        if name == "not" and inner:
            return {"not": condition(inner, depth + 1)}
    if (
        isinstance(value, list | tuple)
        and len(value) == 3
        and all(isinstance(part, str) for part in value[:2])
        and value[1] in ("=", "!=", "in", "has", "filled")
    ):
        return list(value)
    raise ValueError('适用情形写法不对，应如 ["agent","=","agent"]')


def situations(value: Any) -> list[dict[str, Any]]:
    """情形：问题与选项。"""
    rows = []
    for row in _list(value):
        if not isinstance(row, Mapping) or not row.get("key") or not row.get("question"):
            raise ValueError("每个情形要有键和问题")
        options = [
            {
                "value": _scalar(TEXT, "", option.get("value")),
                "label": _scalar(TEXT, "", option.get("label")),
                "notice": _scalar(TEXT, "", option.get("notice")),
            }
            for option in _list(row.get("options") or [])
            if isinstance(option, Mapping)
        ]
        rows.append({"key": _scalar(TEXT, "", row["key"]), "question": _scalar(TEXT, "", row["question"]), "options": options})
    return rows


MAX_POINTS, POINT_LENGTH = 20, 200  # 一个审查任务的要点


def review_plan(value: Any) -> dict[str, Any]:
    """审查方案：若干轮，每轮一组并行任务；最后是决定。"""
    if not isinstance(value, Mapping):
        raise ValueError("应是审查方案")
    rounds = []
    for row in _list(value.get("rounds") or []):
        if not isinstance(row, Mapping) or row.get("mode", "all") not in ("all", "any"):
            raise ValueError("每一轮的完成方式应是“全部”或“任一”")
        tasks = [_task(task) for task in _list(row.get("tasks") or [])]
        rounds.append({"name": _scalar(TEXT, "", row.get("name")) or "审查", "mode": row.get("mode", "all"), "tasks": tasks})
    decision = _task({"key": "decision", **(value.get("decision") or {})})
    return {"rounds": rounds, "decision": {key: decision[key] for key in ("name", "department", "role", "days")}}


def _task(task: Any) -> dict[str, Any]:
    if not isinstance(task, Mapping):
        raise ValueError("审查任务应是一组“列: 内容”")
    if task.get("role", "officer") not in ("officer", "leader"):
        raise ValueError("审查角色应是审批人员或负责人")
    words = {key: _scalar(TEXT, "", task.get(key)) for key in ("key", "name", "department")}
    points = list(dict.fromkeys(text for point in _list(task.get("points") or []) if (text := _scalar(TEXT, "", point))))
    if len(points) > MAX_POINTS or any(len(text) > POINT_LENGTH for text in points):
        raise ValueError(f"审查要点最多 {MAX_POINTS} 条，每条最多 {POINT_LENGTH} 字")
    # 没有要点的不写这一项：已发布版本的内容与对比不因此变样。
    return {**words, "role": task.get("role", "officer"), "days": _number(task.get("days"))} | ({"points": points} if points else {})


def sample(value: Any) -> dict[str, Any]:
    """结果样本：标题与若干行（名称、内容）。"""
    if not value:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError("应是样本")
    lines = [[_scalar(TEXT, "", part) for part in _list(line)[:2]] for line in _list(value.get("lines") or [])]
    return {"title": _scalar(TEXT, "", value.get("title")), "lines": [line for line in lines if len(line) == 2]}


SHAPES = {"situations": situations, "review_plan": review_plan, "result_sample": sample}


def plain(value: Any) -> str:
    """值写成一句话，对比与导出用。"""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "，".join(plain(part) for part in value.values() if part not in ("", None))
    if isinstance(value, list | tuple):
        return "；".join(plain(part) for part in value) or "（空）"
    return str(value)


def display(key: str, value: Any) -> str:
    """要素值写成人话：码值换成名称。"""
    element = BY_KEY.get(key)
    if element and element.kind in (ONE, MANY) and value:
        names = dict(choices(element.table))
        codes = value if isinstance(value, list) else [value]
        return "、".join(names.get(str(code), str(code)) for code in codes)
    return plain(value)
