"""工程化自身：命令行、需求表、仓库检查、进程树。"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shilong.config import cli, prepare, requirements

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = (
    "serve",
    "worker",
    "prepare",
    "demo",
    "add-department",
    "create-admin",
    "import-items",
    "calendar-import",
    "rebuild-stats",
    "audit-verify",
    "requirements",
    "manage",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main([command, "--help"])
    assert stop.value.code == 0
    assert command in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (["serve", "--port", "99999"], "1–65535"),
        (["serve", "--port", "abc"], "1–65535"),
        (["import-items", "没有.json"], "没有这个文件"),
        (["calendar-import", "今年", "x.csv"], "正整数"),
    ],
)
def test_bad_arguments_get_one_clear_sentence(arguments, phrase, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    assert stop.value.code == 2
    assert phrase in capsys.readouterr().err


def test_demo_mode_listens_on_loopback_only(capsys):
    assert cli.main(["serve", "--host", "0.0.0.0"]) == 1  # noqa: S104
    assert "127.0.0.1" in capsys.readouterr().err


@pytest.mark.req("P29")
def test_production_refuses_without_hosts(settings, monkeypatch, capsys):
    settings.MODE = "production"
    monkeypatch.delenv("SHILONG_HOSTS", raising=False)
    assert cli.main(["serve"]) == 1
    assert "SHILONG_HOSTS" in capsys.readouterr().err


@pytest.mark.req("P29")
def test_production_refuses_demo_accounts(settings, monkeypatch, capsys):
    settings.MODE = "production"
    monkeypatch.setenv("SHILONG_HOSTS", "zwfw.example.gov.cn")
    monkeypatch.setattr(prepare, "everything", lambda *a, **k: None)
    monkeypatch.setattr(cli, "_demo_accounts_problem", lambda: "有演示账号")
    assert cli.main(["serve", "--port", str(free_port())]) == 1
    assert "演示账号" in capsys.readouterr().err


def test_production_refuses_demo_data(settings, capsys):
    settings.MODE = "production"
    assert cli.main(["demo"]) == 1
    assert "生产模式" in capsys.readouterr().err


def test_busy_port_names_another_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(prepare.NotReady, match=rf"端口 {port} 已被占用.*make run PORT=\d+"):
            prepare.require_free_port("127.0.0.1", port)


def test_demo_data_is_installed_once_and_resumed(settings, tmp_path, monkeypatch):
    import types

    settings.DATA = tmp_path
    calls = []

    def install(progress):
        calls.append(1)
        if len(calls) == 1:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "shilong.config.demo", types.SimpleNamespace(install=install))
    monkeypatch.setattr("shilong.config.demo", sys.modules["shilong.config.demo"], raising=False)
    with pytest.raises(KeyboardInterrupt):
        prepare.install_demo(lambda text: None)
    prepare.install_demo(lambda text: None)
    prepare.install_demo(lambda text: None)
    assert len(calls) == 2


def test_calendar_file_errors_point_at_the_line(tmp_path):
    path = tmp_path / "2027.csv"
    path.write_text("日期,是否上班,名称\n2027-01-01,0,元旦\n2027-02-30,0,错\n")
    with pytest.raises(ValueError, match="第 3 行"):
        list(cli._calendar_days(path))


def test_calendar_file_is_read(tmp_path):
    path = tmp_path / "2027.csv"
    path.write_text("2027-01-01,0,元旦\n\n2027-01-10,1,元旦调休\n", encoding="utf-8-sig")
    assert [(str(day), work, name) for day, work, name in cli._calendar_days(path)] == [
        ("2027-01-01", False, "元旦"),
        ("2027-01-10", True, "元旦调休"),
    ]


def test_requirement_marks_are_read_from_source():
    source = 'pytestmark = [pytest.mark.req("P02", "P01")]\n@pytest.mark.req("W06")\ndef test_x(): ...\n# mark.req("P99")\n'
    assert requirements.codes_in(source) == {"P01", "P02", "W06"}


def test_requirement_table_lists_every_requirement():
    everything = requirements.load()
    text = requirements.document(everything, {"P02": ["src/shilong/service/cases/tests/test_act.py"]})
    assert len(everything) == 92
    assert "| P02 | 权力运行系统 | [service/cases/test_act](../src/shilong/service/cases/tests/test_act.py) |" in text
    assert "共 92 条需求，1 条有支撑测试" in text


def test_unknown_requirement_code_is_reported_and_left_out():
    supports = {"Z99": ["tests/test_x.py"], "P02": ["tests/test_y.py"]}
    assert requirements.unknown(requirements.load(), supports) == ["Z99（tests/test_x.py）"]
    assert "Z99" not in requirements.document(requirements.load(), supports)


@pytest.mark.req("P29")
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("-----BEGIN " + "RSA PRIVATE KEY-----", "私钥"),
        ("url = postgresql://app:" + "s3cret@db/x", "带口令的数据库地址"),
        ("--index-url " + "https:" + "//x/simple", "软件源配置"),
        ("cd " + "/ro" + "ot/project", "本机路径"),
        ("see " + "files.python" + "hosted.org/x", "软件源主机名"),
        ("postgresql://用户:密码@主机:端口/库", None),
        ("普通的一行 example.gov.cn", None),
    ],
)
def test_repository_check(line, found, tmp_path, monkeypatch):
    checker = load_script("check_repository")
    monkeypatch.setattr(checker, "ROOT", tmp_path)
    path = tmp_path / "x.txt"
    path.write_text(line)
    problems = checker.problems_in(path)
    assert [problem.split(": ")[1] for problem in problems] == ([found] if found else [])


def test_locks_match_declarations():
    assert load_script("check_locks").main() == 0


SUPERVISED = """
import sys
from shilong.config import supervisor
sleeper = [sys.executable, "-c", "import time; print('起', flush=True); time.sleep(60)"]
sys.exit(supervisor.run([("甲", sleeper, False), ("乙", sleeper, True)], ready=lambda: None, health="http://127.0.0.1:9/"))
"""


def test_stop_signal_stops_the_whole_tree():
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.readline()
    children = children_of(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert len(children) == 2
    assert not any(alive(pid) for pid in children)


def test_children_do_not_outlive_a_killed_parent():
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.readline()
    children = children_of(process.pid)
    process.kill()
    process.wait(5)
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(alive(pid) for pid in children)


@pytest.mark.req("D01")
def test_backup_is_complete_and_verified(tmp_path):
    import sqlite3

    data = tmp_path / "data"
    (data / "files").mkdir(parents=True)
    (data / "files" / "材料").write_text("内容")
    (data / "keys.json").write_text("{}")
    with sqlite3.connect(data / "shilong.sqlite3") as source:
        source.execute("CREATE TABLE 办件 (编号)")
        source.execute("INSERT INTO 办件 VALUES ('1')")
    environment = {name: value for name, value in os.environ.items() if name != "SHILONG_DATABASE"} | {"SHILONG_DATA": str(data)}
    subprocess.run([ROOT / "deploy" / "backup.sh", tmp_path / "备份"], env=environment, check=True, capture_output=True)
    (copy,) = (tmp_path / "备份").glob("20*")
    listing = subprocess.run(["tar", "-tzf", copy / "data.tar.gz"], capture_output=True, text=True, check=True).stdout
    assert "./keys.json" in listing
    assert "shilong.sqlite3" not in listing
    assert sqlite3.connect(copy / "database.sqlite3").execute("SELECT 编号 FROM 办件").fetchall() == [("1",)]
    assert subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=copy).returncode == 0
    assert (copy / "data.tar.gz").stat().st_mode & 0o077 == 0


def children_of(pid: int) -> list[int]:
    return [int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def load_script(name: str):
    import importlib.util

    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.req("P29")
@pytest.mark.django_db
def test_first_administrator_is_created_from_standard_input(monkeypatch, capsys):
    import io

    from django.contrib.auth import get_user_model

    from shilong.identity.accounts import selectors
    from shilong.identity.roles.actor import Role

    department = ["add-department", "spj", "--name", "测试审批局", "--short-name", "审批局", "--code", "11410404TTTT00014P"]
    assert cli.main(department) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("Aa123456!x\n"))
    assert cli.main(["create-admin", "sys1", "--name", "张三", "--role", "secadmin", "--department", "spj"]) == 0
    account = get_user_model().objects.get(username="sys1")
    assert selectors.actor_for(account.pk).roles == frozenset({Role.SECADMIN})
    assert account.must_change_password
    monkeypatch.setattr("sys.stdin", io.StringIO("Aa123456!x\n"))
    assert cli.main(["create-admin", "sec2", "--name", "王五", "--role", "secadmin", "--department", "spj"]) == 1
    assert "已有人在任" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("123\n"))
    assert cli.main(["create-admin", "sys2", "--name", "李四", "--department", "spj"]) == 1
    problem = capsys.readouterr().err
    assert "至少 8 位" in problem
    assert "三类" in problem
    assert "password" not in problem


@pytest.mark.req("P03")
@pytest.mark.django_db
def test_bad_item_file_is_one_sentence(tmp_path, capsys):
    path = tmp_path / "items.json"
    path.write_text("{}")
    assert cli.main(["import-items", str(path)]) == 1
    assert "items" in capsys.readouterr().err
    other = tmp_path / "items.txt"
    other.write_text("")
    assert cli.main(["import-items", str(other)]) == 1
