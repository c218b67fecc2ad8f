"""取号。"""

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.gm import sm3
from shilong.foundation.numbering.models import Counter, NumberRule
from shilong.foundation.numbering.rules import LABELS, check_template, check_unique, mod11_2, named, readable, render
from shilong.foundation.refusals import Invalid

BUILTIN = {
    # 办件：区划 6 + 年月日 6 + 部门序号 3 + 渠道 1 + 流水 5 + 校验 1 = 22 位（standards §2.1，PD）。
    # 流水全局递增取末 5 位：不按日清零，也就不必在零点争锁；一天不超过十万件即不会重。
    "case": NumberRule(
        key="case", name="申请编号", template="{region}{date}{department}{channel}{seq}", width=5, reset="never", check_digit=True
    ),
    "document": NumberRule(
        key="document", name="文书编号", template="石龙{word}〔{year}〕第{seq}号", width=6, reset="year", scope="{word}"
    ),
    "amendment": NumberRule(key="amendment", name="数据更正申请编号", template="GZ{year}{seq}", width=6, reset="year"),
    "terminal": NumberRule(key="terminal", name="终端编号", template="ZD{seq}", width=4, reset="never"),
    "terminal_fault": NumberRule(key="terminal_fault", name="终端故障单编号", template="BX{year}{seq}", width=5, reset="year"),
    "terminal_print": NumberRule(key="terminal_print", name="自助打印编号", template="DY{date}{seq}", width=6, reset="never"),
    # 证照流水：每种证照（word 为类型代码）每年各自从 1 起，进证照标识（GB/T 36904），只能是数字与大写字母。
    "licence": NumberRule(key="licence", name="证照流水号", template="{year}{seq}", width=6, reset="year", scope="{word}"),
    "seal": NumberRule(key="seal", name="电子印章编号", template="YZ{year}{seq}", width=5, reset="year"),
    "seal_application": NumberRule(key="seal_application", name="印章申请编号", template="YS{year}{seq}", width=5, reset="year"),
    "seal_code": NumberRule(key="seal_code", name="印章防伪编码", template="{region}{seq}", width=7, reset="never"),
    "shipment": NumberRule(key="shipment", name="寄递单号", template="KD{year}{seq}", width=7, reset="year"),
    "joint": NumberRule(key="joint", name="一件事编号", template="YJS{date}{seq}", width=6, reset="never"),
    "signature": NumberRule(key="signature", name="手写签名编号", template="QM{year}{seq}", width=7, reset="year"),
    # 流水全局递增：抢约集中在零点放号之后，不按日清零就不必在那时争锁。
    "booking": NumberRule(key="booking", name="预约编号", template="YY{date}{seq}", width=5, reset="never"),
    "rating": NumberRule(key="rating", name="服务编号（好差评）", template="FW{year}{seq}", width=8, reset="year"),
    "rating_ticket": NumberRule(key="rating_ticket", name="差评工单编号", template="CP{year}{seq}", width=6, reset="year"),
    "enquiry": NumberRule(key="enquiry", name="咨询投诉编号", template="ZX{year}{seq}", width=6, reset="year"),
}

# 取号的地方给得出哪些值、存得下多长；模板超出这些，改完第一件申报就会失败。
_COMMON = frozenset({"seq", "date", "year", "region"})
_LIMITS = {
    "case": (_COMMON | {"department", "channel"}, 50),
    "document": (_COMMON | {"word", "department"}, 64),
    "amendment": (_COMMON, 32),
    "terminal": (_COMMON, 20),
    "terminal_fault": (_COMMON, 20),
    "terminal_print": (_COMMON, 24),
    "licence": (_COMMON | {"word"}, 30),
    "seal": (_COMMON, 32),
    "seal_application": (_COMMON, 32),
    "seal_code": (_COMMON, 20),
    "shipment": (_COMMON, 32),
    "signature": (_COMMON, 32),
    "booking": (_COMMON, 32),
    "rating": (_COMMON, 32),
    "rating_ticket": (_COMMON, 32),
    "enquiry": (_COMMON, 32),
    "joint": (_COMMON, 40),
}
_SAMPLE = {"department": "002", "channel": "1", "word": "受"}
_UNSAFE = frozenset("/\\?#%&\"'<>")  # 编号要进网址与文件名


def next_number(rule: str, *, at: datetime | None = None, **context: Any) -> str:
    """取下一个编号。

    参数：
        rule: 规则键，如 case、document，或管理员新增的规则。
        at: 编号里的日期取哪一刻，默认现在。
        context: 模板用到的值，如 department="002"、channel="1"、word="受"。

    异常：
        Invalid: 没有这个规则，或缺少模板需要的值。
    """
    definition = _rule(rule)
    moment = timezone.localtime(at or timezone.now())
    values = {"region": settings.REGION_CODE, "date": f"{moment:%y%m%d}", "year": f"{moment:%Y}", **context}
    try:
        group = definition.scope.format(**values)
        name = _sequence_name(definition, group, moment)
        sequence = str(_next(name) % 10**definition.width).zfill(definition.width)
        number = definition.template.format(seq=sequence, **values)
    except KeyError as error:
        raise Invalid(f"编号规则“{definition.name}”需要{LABELS.get(error.args[0], error.args[0])}，但没有给出。") from None
    return number + mod11_2(number) if definition.check_digit else number


def query_code() -> str:
    """六位随机查询码，密码学随机。"""
    return f"{secrets.randbelow(10**6):06d}"


@transaction.atomic
def save_rule(key: str, name: str, template: str, width: int, reset: str, *, scope: str = "", actor: Any) -> None:
    """修改或新增规则。只影响以后的编号；流水接着走，所以改回旧模板也不会重号。

    异常：
        Invalid: 模板不合格，或这样改会与已发出的号重复。
    """
    current = NumberRule.objects.filter(key=key).first() or BUILTIN.get(key)
    rule = NumberRule(key=key, name=name.strip(), template=template.strip(), width=width, reset=reset, scope=scope.strip())
    rule.check_digit = BUILTIN[key].check_digit if key in BUILTIN else False
    _check_rule(rule)
    if current is not None and issued(key):
        _check_change(current, rule)
    fields = ("name", "template", "width", "reset", "scope", "check_digit")
    NumberRule.objects.update_or_create(key=key, defaults={field: getattr(rule, field) for field in fields})
    before = current.template if current else ""
    audit.record(
        "numbering.rule", actor=actor, object_type="number_rule", object_id=key, detail={"before": before, "template": rule.template}
    )


def preview(rule: NumberRule, at: datetime | None = None) -> str:
    """这条规则发出的号是什么样子（部门、渠道、文书字用示例值），不占用流水。"""
    moment = timezone.localtime(at or timezone.now())
    values = {"region": settings.REGION_CODE, "date": f"{moment:%y%m%d}", "year": f"{moment:%Y}", **_SAMPLE}
    return render(rule.template, rule.width, values, check_digit=rule.check_digit)


def describe(rule: NumberRule) -> str:
    """规则的写法，名字换成中文叫法。"""
    return readable(rule.template)


def issued(key: str) -> bool:
    """这条规则是否已经发过号。"""
    name = f"no_{key}"
    if connection.vendor != "postgresql":
        return Counter.objects.filter(Q(name=name) | Q(name__startswith=name + "_")).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_class WHERE relkind = 'S' AND (relname = %s OR left(relname, %s) = %s))",
            [name, len(name) + 1, name + "_"],
        )
        return bool(cursor.fetchone()[0])


def _check_rule(rule: NumberRule) -> None:
    names = check_template(rule.template, rule.scope)
    if not 3 <= rule.width <= 12:
        raise _wrong("width", "流水宽度须在 3 到 12 位之间。")
    if rule.reset not in NumberRule.Reset.values:
        raise _wrong("reset", "流水重置只能是不重置、按日、按年。")
    known, longest = _LIMITS.get(rule.key, (None, 64))
    absent = sorted(names - known) if known else []
    if absent:
        raise _wrong("template", f"“{rule.name}”取号时没有{named(absent)}可用。")
    if _UNSAFE & set(rule.template) or any(char.isspace() or not char.isprintable() for char in rule.template):
        raise _wrong("template", "编号要用在网址和文件名里，模板不能有空格、斜线、问号、引号等符号。")
    check_unique(rule.template, rule.scope, rule.reset)
    _check_sample(rule, longest)


def _check_sample(rule: NumberRule, longest: int) -> None:
    plain = NumberRule(key=rule.key, template=rule.template, width=rule.width)
    if rule.check_digit and not preview(plain).isdecimal():
        raise _wrong("template", "这个编号末位是校验码，模板只能由数字组成。")
    if len(preview(rule)) > longest:
        raise _wrong("template", f"编号太长：这种编号最多 {longest} 个字符。")


def _check_change(current: NumberRule, rule: NumberRule) -> None:
    """发过号之后，重置周期、分组一变，流水会从 1 再来，与已发的号撞上；流水变窄会提前绕回。"""
    if (current.reset, current.scope) != (rule.reset, rule.scope):
        raise _wrong("reset", "这条规则已经发过号，重置周期与分组不能再改，否则会与已发的号重复。")
    if rule.width < current.width:
        raise _wrong("width", "这条规则已经发过号，流水宽度只能加宽。")


def rules() -> list[NumberRule]:
    """全部规则：管理员改过的盖住内置的。"""
    saved = {row.key: row for row in NumberRule.objects.all()}
    return list({**BUILTIN, **saved}.values())


def _rule(key: str) -> NumberRule:
    saved = NumberRule.objects.filter(key=key).first() or BUILTIN.get(key)
    if saved is None:
        raise Invalid(f"没有编号规则“{key}”。")
    return saved


def _sequence_name(rule: NumberRule, group: str, moment: datetime) -> str:
    period = {"never": "", "day": f"{moment:%Y%m%d}", "year": f"{moment:%Y}"}[rule.reset]
    suffix = sm3(group.encode()).hex()[:12] if group else ""
    return "_".join(part for part in ("no", rule.key, period, suffix) if part)


def _next(name: str) -> int:
    return _next_postgres(name) if connection.vendor == "postgresql" else _next_row(name)


def _next_postgres(name: str) -> int:
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT CASE WHEN to_regclass(%s) IS NOT NULL THEN nextval(to_regclass(%s)) END", [quoted, quoted])
        value = cursor.fetchone()[0]
        if value is None:
            # 两个事务同时建同一序列时后来的会撞唯一索引；用咨询锁排队，建好后再取。
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
            cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {quoted}")
            cursor.execute("SELECT nextval(to_regclass(%s))", [quoted])
            value = cursor.fetchone()[0]
    return int(value)


def _next_row(name: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        table = connection.ops.quote_name(Counter._meta.db_table)
        cursor.execute(
            f"INSERT INTO {table} (name, value) VALUES (%s, 1) ON CONFLICT (name) DO UPDATE SET value = {table}.value + 1 RETURNING value",  # noqa: S608
            [name],
        )
        return int(cursor.fetchone()[0])


def _wrong(field: str, text: str) -> Invalid:
    return Invalid(text, fields={field: text})
