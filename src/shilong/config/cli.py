"""命令行 `shilong`：启动、作业、演示数据、导入、核验与报表重建。"""

import argparse
import csv
import getpass
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
ADMIN_ROLES = ("sysadmin", "secadmin", "auditor")


def main(argv: Sequence[str] | None = None) -> int:
    """入口。业务拒绝与环境不满足都变成一句话，不甩堆栈。"""
    args = _parser().parse_args(argv)
    if getattr(args, "data", None):
        os.environ["SHILONG_DATA"] = str(Path(args.data).resolve())
    if args.django:
        _setup()
    return _reported(args) if args.django else args.run(args)


def _reported(args: argparse.Namespace) -> int:
    from shilong.foundation.refusals import Refused

    try:
        return args.run(args)
    except Refused as error:
        return _fail("；".join(dict.fromkeys([error.text, *error.fields.values()])))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="shilong", description="石龙区一体化政务服务平台", epilog="每个子命令都有 --help。")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")

    def add(name: str, run: object, summary: str, *, django: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary)
        sub.set_defaults(run=run, django=django)
        if django:
            sub.add_argument("--data", metavar="目录", help="数据目录，默认取 SHILONG_DATA 或 var")
        return sub

    sub = add("serve", _serve, "启动网页与作业进程；首次启动自动建库，演示模式装好演示数据")
    sub.add_argument("--host", default="127.0.0.1", metavar="地址", help="监听地址；演示模式只能是回环地址")
    sub.add_argument("--port", type=_port, default=8000, metavar="端口", help="默认 8000")
    sub.add_argument("--workers", type=_positive, default=1, metavar="N", help="网页进程数，生产环境建议等于 CPU 核数")
    sub.add_argument("--threads", type=_positive, default=4, metavar="N", help="每个网页进程的线程数，默认 4")
    sub.add_argument("--no-worker", action="store_true", help="不带作业进程（作业由 shilong worker 另起）")
    sub.add_argument("--no-prepare", action="store_true", help="不做迁移与静态资源（已由 shilong prepare 做过）")

    sub = add("worker", _worker, "运行后台作业，收到 SIGTERM 做完手头的再停")
    sub.add_argument("--concurrency", type=_positive, default=1, metavar="N", help="并发数，默认 1")

    add("prepare", _prepare, "迁移数据库、播种基础数据、收集静态资源（升级后执行一次）")
    add("demo", _demo, "装入演示数据与演示账号；装过就跳过，生产模式拒绝")

    sub = add("add-department", _add_department, "新增或修改部门；生产环境建第一个管理员之前先建部门")
    sub.add_argument("key", metavar="部门键", help="小写字母或数字，如 spj")
    sub.add_argument("--name", required=True, metavar="全称")
    sub.add_argument("--short-name", required=True, metavar="简称")
    sub.add_argument("--code", required=True, metavar="统一社会信用代码")

    sub = add("create-admin", _create_admin, "创建三员之一（系统、安全、审计管理员），生产环境首次启动用")
    sub.add_argument("username", metavar="登录名")
    sub.add_argument("--role", choices=ADMIN_ROLES, default="sysadmin", help="默认 sysadmin；三员互斥，不能由一人兼任")
    sub.add_argument("--name", required=True, metavar="姓名")
    sub.add_argument("--department", required=True, metavar="部门键")

    sub = add("reset-password", _reset_password, "重置密码为一次性密码；三员账号只能这样重置")
    sub.add_argument("username", metavar="登录名")

    sub = add("import-items", _import_items, "导入事项（.json 或 .xlsx），导入后仍需在事项管理里送审发布")
    sub.add_argument("file", type=_file, metavar="文件")

    sub = add("calendar-import", _calendar_import, "导入某年的放假调休安排，重算在办件到期日")
    sub.add_argument("year", type=_positive, metavar="年份")
    sub.add_argument("file", type=_file, metavar="CSV", help="三列：日期(2027-01-01), 是否上班(1/0), 名称；有没有表头都可以")

    sub = add("pki", _pki, "国密证书：生成开发用的、启用正式的、列出已有的")
    actions = sub.add_subparsers(dest="action", required=True, metavar="动作")
    actions.add_parser("init", help="生成开发用根与签发机构证书，已有就不动；生产模式拒绝")
    actions.add_parser("show", help="列出根、签发机构与发过的证书")
    adopt = actions.add_parser("adopt", help="启用电子认证服务机构签发的机构证书，生产环境用")
    pdf = actions.add_parser("pdf", help="导入一个部门签 PDF 副本的证书，生产环境用")
    for action in actions.choices.values():  # 写在动作前后都认
        action.add_argument("--data", metavar="目录", default=argparse.SUPPRESS, help="数据目录，默认取 SHILONG_DATA 或 var")
    adopt.add_argument("--root", type=_file, required=True, metavar="文件", help="电子认证服务机构的根证书")
    adopt.add_argument("--issuing", type=_file, required=True, metavar="文件", help="签发给本系统的机构证书")
    adopt.add_argument("--key", type=_file, required=True, metavar="文件", help="它的私钥，未加口令的 PKCS#8 或 SEC1；启用后请销毁原件")
    pdf.add_argument("--department", required=True, metavar="部门键", help="如 scjg，见系统管理的组织机构")
    pdf.add_argument("--file", type=_file, required=True, metavar="文件", help="电子认证机构签发的 PKCS#12，含私钥与证书")

    add("rebuild-stats", _rebuild_stats, "由办件事件重建统计汇总")
    sub = add("audit-verify", _audit_verify, "核验审计日志链；发现断链或篡改时退出码为 1")
    sub.add_argument("--anchor", type=_file, metavar="文件", help="audit-anchor 存到库外的锚点，比对得出有没有删尾")

    sub = add("audit-anchor", _audit_anchor, "取审计链尾的锚点（序号与摘要），存到库外以备比对")
    sub.add_argument("--output", type=Path, metavar="文件", help="追加写到文件；不给则输出到屏幕")

    sub = add("requirements", _requirements, "由测试生成需求追踪表 docs/requirements.md", django=False)
    sub.add_argument("--check", action="store_true", help="只检查是否最新")

    sub = add("manage", _manage, "转给 Django 的管理命令，如 shilong manage showmigrations")
    sub.add_argument("arguments", nargs=argparse.REMAINDER, metavar="参数")
    return parser


def _serve(args: argparse.Namespace) -> int:
    from django.conf import settings

    from shilong.config import prepare, supervisor

    demo = settings.MODE != "production"
    if demo and args.host not in LOOPBACK:
        return _fail("演示模式带着公开的演示账号，只能监听 127.0.0.1。对外服务请设 SHILONG_MODE=production（见 docs/运维手册.md）。")
    if not demo and not os.environ.get("SHILONG_HOSTS"):
        return _fail("生产模式必须用 SHILONG_HOSTS 写明对外的主机名，例如 SHILONG_HOSTS=zwfw.example.gov.cn。")
    site = f"http://{'127.0.0.1' if demo else args.host}:{args.port}"
    os.environ.setdefault("SHILONG_SITE_URL", site if demo else f"https://{settings.ALLOWED_HOSTS[0]}")
    try:
        prepare.require_free_port(args.host, args.port)
        if not args.no_prepare:
            prepare.everything(_say, demo=demo)
    except prepare.NotReady as problem:
        return _fail(str(problem))
    if not demo and (problem_text := _demo_accounts_problem()):
        return _fail(problem_text)
    _close_connections()
    children = [("网页", _granian(args), False)]
    if not args.no_worker:
        children.append(("作业", [sys.executable, "-m", "shilong", "worker"], True))
    return supervisor.run(children, ready=lambda: _welcome(site, demo), health=f"http://{args.host}:{args.port}/healthz")


def _granian(args: argparse.Namespace) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", args.host, "--port", str(args.port)),
        *("--workers", str(args.workers), "--blocking-threads", str(args.threads), "--workers-kill-timeout", "15"),
        *("--respawn-failed-workers", "--log-level", "warning", "shilong.config.wsgi:application"),
    ]


def _welcome(site: str, demo: bool) -> None:
    from django.conf import settings

    _say(f"已启动：{site}")
    if demo:
        _say(f"演示账号与密码：{Path(settings.DATA) / 'demo-accounts.json'}；停止按 Ctrl-C")


def _demo_accounts_problem() -> str:
    from shilong.identity.accounts.selectors import has_demo_accounts

    if has_demo_accounts():
        return "这个数据库里有演示账号，密码是公开的，不能用于生产。请换一个空数据库，或在“系统管理—账号”里停用并删除全部 demo- 账号。"
    return ""


def _worker(args: argparse.Namespace) -> int:
    from shilong.foundation.jobs.services import run_until_signalled

    run_until_signalled(args.concurrency)
    return 0


def _prepare(_args: argparse.Namespace) -> int:
    from shilong.config import prepare

    try:
        prepare.everything(_say, demo=False)
    except prepare.NotReady as problem:
        return _fail(str(problem))
    return 0


def _demo(_args: argparse.Namespace) -> int:
    from django.conf import settings

    from shilong.config import prepare

    if settings.MODE == "production":
        return _fail("生产模式不能装演示数据。")
    try:
        prepare.everything(_say, demo=True)
    except prepare.NotReady as problem:
        return _fail(str(problem))
    return 0


def _add_department(args: argparse.Namespace) -> int:
    from shilong.identity.organizations import services
    from shilong.identity.roles.actor import SYSTEM

    services.save_department(args.key, name=args.name, short_name=args.short_name, code=args.code, actor=SYSTEM)
    _say(f"已保存部门 {args.name}")
    return 0


def _create_admin(args: argparse.Namespace) -> int:
    from shilong.identity.accounts import services
    from shilong.identity.roles.actor import Role

    password = _new_password()
    if not password:
        return _fail("密码没有输入，或两次输入的不一样。")
    services.bootstrap_admin(args.username, password, args.name, Role(args.role), args.department)
    _say(f"已创建 {args.username}，首次登录须修改密码")
    return 0


def _new_password() -> str:
    """终端上输两遍且不回显；脚本里从标准输入读一行。不接受命令行参数：那会留在历史与进程列表里。"""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("密码：")
    return password if password == getpass.getpass("再输一遍：") else ""


def _import_items(args: argparse.Namespace) -> int:
    from shilong.identity.roles.actor import Actor, Role, Scope
    from shilong.service.catalog import services

    operator = Actor(account_id=None, name="命令行", username="cli", roles=frozenset({Role.SYSTEM, Role.CATALOG}), scope=Scope.DISTRICT)
    if args.file.suffix.lower() == ".json":
        drafts = services.import_json(args.file, actor=operator)
    elif args.file.suffix.lower() == ".xlsx":
        with args.file.open("rb") as stream:
            drafts = services.import_xlsx(stream, actor=operator)
    else:
        return _fail("只认 .json 与 .xlsx 文件。")
    _say(f"导入 {len(drafts)} 项，已建成草稿；请在“系统管理—事项”里送审、发布")
    return 0


def _calendar_import(args: argparse.Namespace) -> int:
    from shilong.foundation.calendar import services
    from shilong.identity.roles.actor import SYSTEM

    try:
        days = list(_calendar_days(args.file))
    except ValueError as error:
        return _fail(f"没有导入：{error}")
    _say(f"{args.year} 年已导入 {services.import_year(args.year, days, actor=SYSTEM)} 天")
    return 0


def _calendar_days(path: Path) -> Iterator[tuple[date, bool, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for number, row in enumerate(csv.reader(stream), start=1):
            if not row or (number == 1 and not row[0][:1].isdigit()):
                continue
            try:
                yield date.fromisoformat(row[0].strip()), {"1": True, "0": False}[row[1].strip()], row[2].strip()
            except (ValueError, KeyError, IndexError):
                raise ValueError(f"第 {number} 行应为“日期,1或0,名称”，例如 2027-01-01,0,元旦") from None


def _reset_password(args: argparse.Namespace) -> int:
    from shilong.identity.accounts import selectors, services
    from shilong.identity.roles.actor import SYSTEM

    found = [row for row in selectors.search(q=args.username, size=100) if row.username == args.username.lower()]
    if not found:
        return _fail(f"没有登录名为“{args.username}”的账号。")
    _say(f"临时密码：{services.reset_password(found[0].account_id, actor=SYSTEM)}（只显示这一次，首次登录必须修改）")
    return 0


def _pki(args: argparse.Namespace) -> int:
    from shilong.config import pki

    return pki.ACTIONS[args.action](args, _say)


def _rebuild_stats(_args: argparse.Namespace) -> int:
    from shilong.service.insight import services

    _say(f"统计已重建：{services.rebuild()} 条办件事实")
    return 0


def _audit_anchor(args: argparse.Namespace) -> int:
    from shilong.foundation.audit import services

    line = services.anchor().dump()
    if args.output is None:
        print(line)
        return 0
    with args.output.open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    _say(f"锚点已追加到 {args.output}，请存放在数据库服务器之外。")
    return 0


def _audit_verify(args: argparse.Namespace) -> int:
    from shilong.foundation.audit import services

    lines = args.anchor.read_text(encoding="utf-8").split("\n") if args.anchor else []
    anchors = [services.Anchor.load(line) for line in lines if line.strip()]
    problems = [problem for anchor in anchors for problem in services.verify_anchor(anchor)] + services.verify()
    for problem in problems:
        print(problem)
    _say("审计链完整。" if not problems else f"发现 {len(problems)} 处问题。")
    return 1 if problems else 0


def _requirements(args: argparse.Namespace) -> int:
    from shilong.config import requirements

    try:
        _say(requirements.generate(check=args.check))
    except (requirements.Stale, requirements.UnknownRequirement) as error:
        return _fail(str(error))
    return 0


def _manage(args: argparse.Namespace) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["shilong manage", *args.arguments])
    return 0


def _setup() -> None:
    import django

    warnings.filterwarnings("ignore", module="authlib")  # 它自己的弃用提示，看命令行的人用不上
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shilong.config.settings")
    django.setup()


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"端口应是 1–65535 之间的整数，现在是“{text}”")
    return int(text)


def _positive(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"应是正整数，现在是“{text}”")
    return int(text)


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"没有这个文件：{text}")
    return path


def _say(text: str) -> None:
    print(f"› {text}", flush=True)


def _fail(text: str) -> int:
    print(f"✗ {text}", file=sys.stderr, flush=True)
    return 1
