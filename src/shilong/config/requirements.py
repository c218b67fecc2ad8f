"""需求追踪：从测试上的 `mark.req("P02")` 生成 docs/requirements.md。只读源码语法树，不导入测试，也不需要数据库。"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "docs" / "requirements.source.md"
TARGET = ROOT / "docs" / "requirements.md"
ROW = re.compile(r"^\| ([A-Z]\d{2}) \| (.+?) \| (.+) \|$")
HEADING = re.compile(r"^## (.+)$")


@dataclass(frozen=True, slots=True)
class Requirement:
    """一条需求。"""

    code: str
    name: str
    text: str
    chapter: str


class Stale(Exception):
    """追踪表与测试不一致。"""


class UnknownRequirement(Exception):
    """测试上写了需求总表里没有的编号。"""


def load(source: Path = SOURCE) -> list[Requirement]:
    """读需求总表。"""
    found, chapter = [], ""
    for line in source.read_text().splitlines():
        if heading := HEADING.match(line):
            chapter = heading[1]
        elif row := ROW.match(line):
            found.append(Requirement(row[1], row[2], row[3], chapter))
    return found


def test_files(root: Path = ROOT) -> Iterator[Path]:
    """全部测试文件，顺序稳定。"""
    yield from sorted([*root.glob("src/shilong/**/tests/**/test_*.py"), *root.glob("tests/**/test_*.py")])


def codes_in(source: str) -> set[str]:
    """一个测试文件里 `mark.req(...)` 写到的编号。"""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    marks = (call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "req")
    return {arg.value for call in marks for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}


def coverage(files: Iterable[Path], root: Path = ROOT) -> dict[str, list[str]]:
    """{需求编号: [测试文件]}。"""
    found: dict[str, list[str]] = {}
    for path in files:
        for code in codes_in(path.read_text()):
            found.setdefault(code, []).append(path.relative_to(root).as_posix())
    return found


def unknown(requirements: Iterable[Requirement], supports: Mapping[str, list[str]]) -> list[str]:
    """测试写到而需求总表里没有的编号，带上第一处位置。"""
    known = {one.code for one in requirements}
    return [f"{code}（{supports[code][0]}）" for code in sorted(supports) if code not in known]


def document(requirements: Iterable[Requirement], supports: Mapping[str, list[str]]) -> str:
    """追踪表全文。"""
    requirements = list(requirements)
    covered = sum(one.code in supports for one in requirements)
    lines = [
        "# 需求追踪表",
        "",
        "由 `shilong requirements` 从测试上的 `@pytest.mark.req(...)` 生成，请勿手改。",
        "需求原文在 [requirements.source.md](requirements.source.md)。",
        "“支撑测试”只说明这条需求有自动化测试覆盖到，不等于已经全部完成。",
        "",
        f"共 {len(requirements)} 条需求，{covered} 条有支撑测试。",
    ]
    chapter = ""
    for one in requirements:
        if one.chapter != chapter:
            chapter = one.chapter
            lines += ["", f"## {chapter}", "", "| 编号 | 名称 | 支撑测试 |", "| --- | --- | --- |"]
        lines.append(f"| {one.code} | {one.name} | {_cell(supports.get(one.code, []))} |")
    return "\n".join(lines) + "\n"


def generate(*, check: bool = False) -> str:
    """写出追踪表（`check` 时只比对），返回给人看的一句话。

    异常：
        Stale: 追踪表不是最新的。
        UnknownRequirement: 测试引用了不存在的编号；其余部分照样写出。
    """
    requirements, supports = load(), coverage(test_files())
    text = document(requirements, supports)
    if TARGET.exists() and TARGET.read_text() == text:
        message = "需求追踪表是最新的。"
    elif check:
        raise Stale("docs/requirements.md 不是最新的；请执行 shilong requirements 并提交结果。")
    else:
        TARGET.write_text(text)
        message = f"已写出 {TARGET.relative_to(ROOT)}。"
    if wrong := unknown(requirements, supports):
        raise UnknownRequirement(f"需求总表里没有这些编号，请改成总表里的：{'、'.join(wrong)}")
    return message


def _cell(files: list[str]) -> str:
    shown = (f"[{_label(name)}](../{name})" for name in files)
    return "<br>".join(shown) if files else "—"


def _label(name: str) -> str:
    return name.removeprefix("src/shilong/").replace("/tests/", "/").removesuffix(".py")
