"""事项的规则：发布前质检（standards §1.7 T01–T10）、情形裁剪、时限展示。纯函数，不碰数据库。"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shilong.service.catalog import limits, schema
from shilong.service.catalog.labels import duration
from shilong.service.catalog.views import ItemView, MaterialView
from shilong.service.forms.conditions import holds

Content = Mapping[str, Any]
LEGAL_PERSONS = frozenset({"2", "3", "4", "5", "6", "9"})  # 自然人以外的服务对象
FULL_ONLINE = frozenset({"4", "5", "6", "7"})  # 网办深度达四级
ARTICLE_45 = frozenset({"hearing", "bidding", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"})
LICENCE = "01"
_WORKDAY_IN_DAYS = {"1": 7 / 5, "2": 1.0, "3": 30.0}  # 换算成自然日比较
# “其他材料”“有关材料”这类兜底；“有关部门批准文件”指明了是谁发的什么，不算
_VAGUE = re.compile(
    r"(其他|其它|有关|相关)(的)?(申请|证明|佐证)?(材料|资料|证明|文件|条件|手续)|(材料|资料|证件)等$|^(其他|其它)$|规定的(其他|其它)"
)
_CLAUSE = re.compile(r"第[一二三四五六七八九十百千零〇、至到\d]+(条|项|款)")
_PHONE = re.compile(r"\(?0\d{2,3}\)?[-－ ]?\d{5,8}")


@dataclass(frozen=True, slots=True)
class Problem:
    """质检发现的一处问题。`code` 是规则号，`field` 是要素名（编辑页据此跳转）。"""

    code: str
    field: str
    message: str


def quality(content: Content) -> list[Problem]:
    """发布前质检；空表即可发布。"""
    return [problem for check in CHECKS for problem in check(content)]


def required_fields(content: Content) -> list[Problem]:
    """T00：实施清单必填要素（standards §1.5“必”为 Y 的）。"""
    return [Problem("T00", key, f"“{name}”没有填写。") for key, name in REQUIRED.items() if content.get(key) in (None, "", [], {})]


REQUIRED = {
    "name": "事项名称",
    "task_type": "事项类型",
    "project_type": "办件类型",
    "department": "实施主体",
    "dept_code": "实施主体代码",
    "use_level": "行使层级",
    "power_source": "权力来源",
    "by_law": "设定依据",
    "server_type": "服务对象",
    "accept_condition": "受理条件",
    "handle_flow": "办理流程",
    "link_way": "咨询方式",
    "supervise_way": "监督投诉方式",
    "transact_addr": "办理地点",
    "transact_time": "办理时间",
    "result_type": "结果类型",
    "materials": "申请材料",
    "review_plan": "审查方案",
}


def t01_instant(content: Content) -> list[Problem]:
    """即办件 ⇔ project_type=1；即办件承诺时限不得大于 1 个工作日。"""
    days, unit = _promise(content)
    if content.get("project_type") == "1":
        if days > 1 or (days and unit != "1"):
            return [Problem("T01", "promise_day", f"即办件的承诺时限不得大于 1 个工作日，现在是{duration(days, unit)}。")]
        if (content.get("review_plan") or {}).get("rounds"):
            return [Problem("T01", "review_plan", "即办件当场决定，审查方案里不能有审查轮次。")]
    elif days == 0:
        return [Problem("T01", "promise_day", "承诺时限为 0（当场办结）的应当是即办件。")]
    return []


def t02_promise(content: Content) -> list[Problem]:
    """承诺时限不得超过法定时限（换算成同一单位）。法定时限填 0 且写了说明的，是法律没有规定。"""
    days, unit = _promise(content)
    legal, legal_unit = int(content.get("anticipate_day") or 0), str(content.get("anticipate_type") or "1")
    if legal == 0:
        if content.get("anticipate_explain") or days == 0:
            return []
        return [Problem("T02", "anticipate_explain", "法定时限填 0 的须写明“法律没有规定期限”的说明。")]
    if days * _WORKDAY_IN_DAYS[unit] > legal * _WORKDAY_IN_DAYS[legal_unit]:
        return [Problem("T02", "promise_day", f"承诺时限{duration(days, unit)}超过了法定时限{duration(legal, legal_unit)}。")]
    return []


def t03_scene(content: Content) -> list[Problem]:
    """到现场次数不为 0 必填原因；网办深度达四级的次数必须为 0。"""
    times = int(content.get("limit_scene_num") or 0)
    problems = []
    if times and not content.get("limit_scene_explain"):
        problems.append(Problem("T03", "limit_scene_explain", f"要到现场 {times} 次，须写明必须现场办理的原因。"))
    if times and FULL_ONLINE.intersection(content.get("online_handle_depth") or ()):
        problems.append(Problem("T03", "limit_scene_num", "网办深度达到全程网办的，到现场次数应为 0。"))
    return problems


def t04_fee(content: Content) -> list[Problem]:
    """收费的须有项目、标准、依据并支持网上支付；不收费的不能开网上支付。"""
    if not content.get("is_fee"):
        return [Problem("T04", "is_pay_online", "不收费的事项不能开通网上支付。")] if content.get("is_pay_online") else []
    fees = content.get("fees") or []
    problems = [] if fees else [Problem("T04", "fees", "收费事项须填写收费项目。")]
    names = (("name", "项目名称"), ("stand", "标准"), ("by_law", "依据"))
    for number, row in enumerate(fees, start=1):
        problems += [Problem("T04", "fees", f"第 {number} 项收费没有填写{name}。") for key, name in names if not row.get(key)]
    if not content.get("is_pay_online"):
        problems.append(Problem("T04", "is_pay_online", "收费事项应支持网上支付。"))
    return problems


def t05_topics(content: Content) -> list[Problem]:
    """服务对象含自然人须有自然人主题；含法人类须有法人主题。"""
    servers = set(content.get("server_type") or ())
    problems = []
    if "1" in servers and not content.get("user_topic_type"):
        problems.append(Problem("T05", "user_topic_type", "服务对象含自然人，须选自然人主题。"))
    if servers & LEGAL_PERSONS and not content.get("corp_topic_type"):
        problems.append(Problem("T05", "corp_topic_type", "服务对象含法人或其他组织，须选法人主题。"))
    return problems


def t06_result(content: Content) -> list[Problem]:
    """行政许可至少 1 条常见问题；有结果名称须有样本。"""
    problems = []
    if content.get("task_type") == LICENCE and not content.get("questions"):
        problems.append(Problem("T06", "questions", "行政许可事项至少要有 1 条常见问题。"))
    name = content.get("result_name")
    if name and name != "无" and not content.get("result_sample"):
        problems.append(Problem("T06", "result_sample", "填写了结果名称，须提供结果样本。"))
    if not name and content.get("result_type") != "99":
        problems.append(Problem("T06", "result_name", "结果类型不是“无”，须填写结果名称。"))
    return problems


def t07_phones(content: Content) -> list[Problem]:
    """咨询与监督投诉电话须带区号且不同。"""
    problems = []
    numbers = {}
    for key, name in (("link_way", "咨询方式"), ("supervise_way", "监督投诉方式")):
        found = {re.sub(r"\D", "", number) for number in _PHONE.findall(content.get(key) or "")}
        numbers[key] = found
        if content.get(key) and not found:
            problems.append(Problem("T07", key, f"{name}的电话要带区号，例如 0375-12345。"))
    if numbers["link_way"] & numbers["supervise_way"]:
        problems.append(Problem("T07", "supervise_way", "咨询电话与监督投诉电话不能相同。"))
    return problems


def t08_vague(content: Content) -> list[Problem]:
    """材料与受理条件不得用兜底说法（河南省优化营商环境条例第二十八条）。"""
    rows = [("materials", row.get("name") or "") for row in content.get("materials") or []]
    rows += [("accept_condition", text) for text in content.get("accept_condition") or []]
    return [Problem("T08", key, f"“{text}”是含糊的兜底表述，请写出具体名称。") for key, text in rows if _VAGUE.search(text)]


def t09_shared(content: Content) -> list[Problem]:
    """部门核发且可共享的材料不得要求申请人重复提交（国务院关于在线政务服务的若干规定）。"""
    return [
        Problem("T09", "materials", f"“{row['name']}”由政府部门核发且可共享，收取方式应为证照库引用或数据共享。")
        for row in content.get("materials") or []
        if str(row.get("source_type")) == "20" and row.get("can_share") and str(row.get("get_type")) not in ("3", "4")
    ]


def t10_basis(content: Content) -> list[Problem]:
    """许可事项须有依据到条款；停表的特别程序须是行政许可法第四十五条列举的或有单行法依据；取消的事项不得发布。"""
    problems = []
    laws = content.get("by_law") or []
    if content.get("task_type") == LICENCE and not any(_CLAUSE.search(row.get("article") or "") for row in laws):
        problems.append(Problem("T10", "by_law", "行政许可事项至少要有一条设定依据写到条款，例如“第三十五条”。"))
    if str(content.get("task_state") or "1") == "3":
        problems.append(Problem("T10", "task_state", "已取消的事项不能发布。"))
    for row in content.get("special") or []:
        if row.get("pauses") and row.get("kind") not in ARTICLE_45 and not row.get("basis"):
            problems.append(Problem("T10", "special", f"“{row.get('name')}”不在行政许可法第四十五条列举之内，停表须写明单行法依据。"))
    return problems


def structure(content: Content) -> list[Problem]:
    """T11（PD）：内容自洽——材料编号不重、情形条件指向存在的问题与选项、审查方案可执行。"""
    problems = [
        Problem("T11", "materials", f"材料编号 {code} 重复。")
        for code in _repeated(row.get("code") for row in content.get("materials") or [])
    ]
    options = {row.get("key"): {option.get("value") for option in row.get("options") or []} for row in content.get("situations") or []}
    problems += [Problem("T11", "situations", f"情形“{key}”至少要有两个选项。") for key, values in options.items() if len(values) < 2]
    for row in content.get("materials") or []:
        for key, value in _leaves(row.get("when")):
            if key not in options or (isinstance(value, str) and value and value not in options[key]):
                problems.append(Problem("T11", "materials", f"“{row.get('name')}”的适用情形引用了不存在的问题或选项：{key}={value}。"))
    return problems + _plan(content)


def _plan(content: Content) -> list[Problem]:
    plan = content.get("review_plan") or {}
    problems = []
    tasks = [task for row in plan.get("rounds") or [] for task in row.get("tasks") or []]
    problems += [
        Problem("T11", "review_plan", f"“{row.get('name')}”一轮里没有审查任务。")
        for row in plan.get("rounds") or []
        if not row.get("tasks")
    ]
    problems += [Problem("T11", "review_plan", f"审查任务编号 {key} 重复。") for key in _repeated(task.get("key") for task in tasks)]
    missing = [
        task for task in [*tasks, plan.get("decision") or {}] if not task.get("department") or task.get("role") not in ("officer", "leader")
    ]
    problems += [Problem("T11", "review_plan", f"“{task.get('name') or '决定'}”没有写明部门或角色。") for task in missing]
    days = sum(max((int(task.get("days") or 0) for task in row.get("tasks") or []), default=0) for row in plan.get("rounds") or [])
    promise, unit = _promise(content)
    if content.get("project_type") == "2" and days * _WORKDAY_IN_DAYS["1"] > promise * _WORKDAY_IN_DAYS[unit]:
        problems.append(Problem("T11", "review_plan", f"各轮审查共 {days} 个工作日，超过了承诺时限{duration(promise, unit)}。"))
    return problems


def _promise(content: Content) -> tuple[int, str]:
    unit = str(content.get("promise_type") or "1")
    return int(content.get("promise_day") or 0), unit if unit in _WORKDAY_IN_DAYS else "2"


def _repeated(values: Any) -> list[str]:
    seen: set[str] = set()
    return [value for value in values if value in seen or seen.add(value)]  # type: ignore[func-returns-value]


def _leaves(condition: Any) -> list[tuple[str, Any]]:
    """条件里的全部（键, 值）。"""
    if isinstance(condition, Mapping):
        return [leaf for child in condition.values() for leaf in _leaves(child)]
    if isinstance(condition, list) and len(condition) == 3 and isinstance(condition[0], str):
        return [(condition[0], condition[2])]
    if isinstance(condition, list):
        return [leaf for child in condition for leaf in _leaves(child)]
    return []


def lengths(content: Content) -> list[Problem]:
    """T12（PD）：文字要素不超长；导入、上级清单带进来的旧内容也要查。"""
    return [Problem("T12", key, f"{schema.label(key)}{text}。") for key, text in limits.overlong(content, schema.BY_KEY).items()]


CHECKS: tuple[Callable[[Content], list[Problem]], ...] = (
    required_fields,
    t01_instant,
    t02_promise,
    t03_scene,
    t04_fee,
    t05_topics,
    t06_result,
    t07_phones,
    t08_vague,
    t09_shared,
    t10_basis,
    structure,
    lengths,
)


@dataclass(frozen=True, slots=True)
class TrimmedItem:
    """按情形裁剪后的结果：要交哪些材料、要注意什么、选了什么。"""

    materials: list[MaterialView]
    notices: list[str]
    answers: dict[str, str] = field(default_factory=dict)
    choices: list[str] = field(default_factory=list)

    @property
    def to_prepare(self) -> list[MaterialView]:
        """申请人要自己准备的。"""
        return [row for row in self.materials if not row.free]

    @property
    def free(self) -> list[MaterialView]:
        """不用准备的：系统调取或在线生成。"""
        return [row for row in self.materials if row.free]

    @property
    def late(self) -> list[MaterialView]:
        return [row for row in self.materials if row.allow_late]


def answers_of(item: ItemView, given: Mapping[str, Any]) -> dict[str, str]:
    """补全情形答案：没答或答了不存在的选项，按第一个选项。"""
    answers = {}
    for row in item.situations:
        values = [str(option["value"]) for option in row["options"]]
        chosen = str(given.get(row["key"], ""))
        answers[row["key"]] = chosen if chosen in values else values[0]
    return answers


def trim(item: ItemView, answers: Mapping[str, Any]) -> TrimmedItem:
    """按情形裁剪材料与提示。条件求值用 `forms.rules.holds`，与表单同一套。"""
    full = answers_of(item, answers)
    picked = [option for row in item.situations for option in row["options"] if str(option["value"]) == full[row["key"]]]
    materials = [row for row in item.materials if row.when is None or holds(row.when, full)]
    return TrimmedItem(
        materials, [option["notice"] for option in picked if option.get("notice")], full, [option["label"] for option in picked]
    )


def compression(item: ItemView) -> int:
    """承诺时限比法定压缩了百分之几；法律没有规定期限时为 0。"""
    if not item.legal_days:
        return 0
    promise = item.promise_days * _WORKDAY_IN_DAYS.get(item.promise_unit, 1.0)
    legal = item.legal_days * _WORKDAY_IN_DAYS.get(item.legal_unit, 1.0)
    return max(0, round(100 * (1 - promise / legal)))
