"""楼层规矩里 import-linter 表达不了的部分。"""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src"
WINGS = ("foundation", "identity", "service", "exchange", "ops", "cloud", "security", "hall", "desk")
MAX_LINES = 400
# 允许的例外：文件 → 理由。新增例外要在这里说清为什么。
EXCEPTIONS = {
    "shilong/foundation/events/dispatch.py": "派发把“标记已派发”与“插入作业”写在同一条批量事务里，逐条入队慢一个数量级",
}
CODE = [path for path in SRC.rglob("*.py") if not {"migrations", "tests"} & set(path.parts) and path.name != "conftest.py"]


def imported(path: Path) -> set[str]:
    """文件里 import 的完整模块名（`from a import b` 同时记 a 与 a.b）。"""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def module_of(path: Path) -> str:
    """所在模块，如 shilong.service.cases。"""
    return ".".join(path.relative_to(SRC).with_suffix("").parts[:3])


def foreign_models(path: Path) -> list[str]:
    own = module_of(path)
    models = (
        ".".join(name.split(".")[:3]) for name in imported(path) if name.startswith("shilong.") and name.split(".")[3:4] == ["models"]
    )
    return sorted({owner for owner in models if owner != own})


def test_models_are_imported_only_by_their_own_module():
    offenders = {str(path.relative_to(SRC)): found for path in CODE if _name(path) not in EXCEPTIONS and (found := foreign_models(path))}
    assert offenders == {}, "请改用对方的 services / selectors"


def test_exceptions_are_still_needed():
    assert [name for name in EXCEPTIONS if not foreign_models(SRC / name)] == []


def _name(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


def test_checker_sees_a_foreign_model(tmp_path):
    code = "from shilong.service.cases.models import Case\nfrom shilong.foundation.files import models\n"
    source = SRC / "shilong" / "service" / "catalog" / "services.py"
    names = {name for name in _names(code) if name.split(".")[3:4] == ["models"] and ".".join(name.split(".")[:3]) != module_of(source)}
    assert names == {"shilong.service.cases.models", "shilong.service.cases.models.Case", "shilong.foundation.files.models"}


def _names(code: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_faces_have_no_models():
    assert [path for path in (SRC / "shilong" / "web").rglob("models*") if path.suffix == ".py" or path.is_dir()] == []


@pytest.mark.parametrize("banned", ["utils.py", "helpers.py", "signals.py", "managers.py"])
def test_no_catch_all_modules(banned):
    assert [str(path) for path in CODE if path.name == banned] == []


def test_files_stay_readable():
    long = {str(path.relative_to(SRC)): count for path in CODE if (count := len(path.read_text().splitlines())) > MAX_LINES}
    assert long == {}, f"超过 {MAX_LINES} 行的文件拆成同名包"


# PAdES 没有国密规范，PDF 副本用 ECDSA/RSA 签；pyHanko 要 cryptography 的密钥与证书对象。
PDF_SIGNING = ("foundation/documents/pades.py", "foundation/documents/pades_identity.py")


def test_only_gm_touches_cryptography():
    offenders = [
        str(path.relative_to(SRC))
        for path in CODE
        if "foundation/gm/" not in path.as_posix()
        and not path.as_posix().endswith(PDF_SIGNING)
        and any(name.split(".")[0] in {"cryptography", "gmssl"} for name in imported(path))
    ]
    assert offenders == []


def test_every_module_says_what_it_is_for():
    packages = [path.parent for wing in WINGS for path in (SRC / "shilong" / wing).glob("*/apps.py")]
    assert [str(package.name) for package in packages if not ast.get_docstring(ast.parse((package / "__init__.py").read_text()))] == []
