"""批量签发与存量导入的实跑：真的作业进程，签到一半杀掉再续，数出丢没丢、重没重，报每张毫秒数。

    BENCH_LICENCES=1000 python -m benchmarks.issuing            # SQLite
    SHILONG_DATABASE=postgresql://… python -m benchmarks.issuing # PostgreSQL（给一个空库）

目标：每张含章 20 毫秒级；杀掉进程再续，不丢一张、不重一张。
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

SIZE = int(os.environ.get("BENCH_LICENCES", "1000"))
KILL_AT = 0.4  # 签到四成时杀掉
WORKER = [sys.executable, "-m", "benchmarks.issuing", "--worker"]


def main() -> int:
    if "--worker" in sys.argv:
        return _work()
    with tempfile.TemporaryDirectory(prefix="shilong-bench-") as data:
        os.environ.setdefault("SHILONG_DATA", data)
        os.environ |= {"SHILONG_MODE": "demo", "DJANGO_SETTINGS_MODULE": "shilong.config.settings"}
        import django

        django.setup()
        print(json.dumps({**_issue(), **_import()}, ensure_ascii=False, indent=1))
    return 0


def _work() -> int:
    """一个真的作业进程（租约 60 秒），收到停止信号才退。"""
    import django

    django.setup()
    from shilong.foundation.jobs.services import run_until_signalled

    run_until_signalled(1)
    return 0


def _issue() -> dict[str, Any]:
    from benchmarks import world
    from shilong.identity import testing as people
    from shilong.identity.roles.actor import Role
    from shilong.service.licences import seed, services
    from shilong.service.licences.testing import make_draft
    from shilong.service.seals.testing import make_seal

    scene = world.build()
    seed.install()
    leader = people.make_staff(Role.LEADER, department="wjw", username="bench-leader", name="签发人")
    make_seal("wjw", "11", leader=leader, bureau=scene.bureau, to=[leader])
    drafts = [make_draft("公共场所卫生许可证", name=f"虚构店{n}", code=people.fake_uscc(n), kind="2", face=_face(n)) for n in range(SIZE)]
    _say(f"造了 {len(drafts)} 张待签发")
    batch = services.start(None, actor=leader)
    return {"签发": _killed_and_resumed(lambda: batch.items.filter(status="done").count(), batch.total), **_checked(batch)}


def _import() -> dict[str, Any]:
    from shilong.identity import testing as people
    from shilong.identity.accounts import selectors as accounts
    from shilong.identity.accounts.models import Account
    from shilong.service.licences import services
    from shilong.service.licences.models import Licence, LicenceType

    leader = accounts.actor_for(Account.objects.get(username="bench-leader").pk)
    kind = LicenceType.objects.filter(department="wjw").exclude(name="公共场所卫生许可证").order_by("code")[0]
    rows = [
        {"证照编号": f"石导〔2020〕{n:05d}号", "持证主体": f"老店{n}", "持证主体代码": people.fake_uscc(n), "颁发日期": "2024-05-01"}
        for n in range(SIZE)
    ]
    start = time.perf_counter()
    run = services.import_rows(kind.code, "存量.xlsx", rows, actor=leader)
    checked = time.perf_counter() - start
    result = _killed_and_resumed(lambda: run.rows.filter(status="done").count(), SIZE)
    numbers = Counter(Licence.objects.filter(type=kind).values_list("number", flat=True))
    return {"导入": {"逐行核对秒": round(checked, 1), **result, "入库": len(numbers), "重复": sum(n - 1 for n in numbers.values())}}


def _killed_and_resumed(done: Any, total: int) -> dict[str, Any]:
    """起一个作业进程，做到四成杀掉（SIGKILL），再起一个做完。"""
    first = subprocess.Popen(WORKER)
    began, at_start = _until(lambda: done() > 0), time.perf_counter()
    _until(lambda: done() >= total * KILL_AT + 7)  # 错开一小批的边界，杀在半道上
    first.send_signal(signal.SIGKILL)
    first.wait()
    killed, spent = done(), time.perf_counter() - at_start
    second = subprocess.Popen(WORKER)
    resumed = time.perf_counter()
    _until(lambda: done() > killed)
    waited, at_second = time.perf_counter() - resumed, time.perf_counter()
    from_ = done()
    _until(lambda: done() >= total)
    spent += time.perf_counter() - at_second
    second.terminate()
    second.wait()
    counted = max(1, killed + total - from_)
    return {
        "张数": total,
        "杀在": killed,
        "续上用秒": round(waited, 1),
        "做完": done(),
        "每张毫秒": round(1000 * spent / counted, 1),
        "等首张秒": round(began, 1),
    }


def _checked(batch: Any) -> dict[str, Any]:
    from shilong.service.licences import store
    from shilong.service.licences.models import Licence, LicenceEvent
    from shilong.service.seals import services as seals

    rows = list(Licence.objects.filter(batch_items__batch=batch))
    issued = Counter(LicenceEvent.objects.filter(licence__in=rows, action="issue").values_list("licence", flat=True))
    sample = rows[:: max(1, len(rows) // 20)]
    return {
        "核对": {
            "有效": sum(row.state == "01" and bool(row.ofd_digest) for row in rows),
            "签发履历": sum(issued.values()),
            "重复签发": sum(n - 1 for n in issued.values()),
            "验章抽查": f"{sum(seals.verify(store.load(row, 'ofd')).ok for row in sample)} / {len(sample)}",
            "文件数": sum(1 for path in (Path(os.environ["SHILONG_DATA"]) / "licences").rglob("*.ofd")),
        }
    }


def _until(met: Any, limit: float = 1200) -> float:
    start = time.perf_counter()
    while not met():
        if time.perf_counter() - start > limit:
            raise TimeoutError("等太久没有进展")
        time.sleep(0.05)
    return time.perf_counter() - start


def _face(n: int) -> dict[str, str]:
    return {"单位名称": f"虚构店{n}", "地址": f"石龙区虚构路 {n} 号", "法定代表人（负责人）": "测试甲", "许可项目": "理发店、美容店"}


def _say(text: str) -> None:
    print(f"› {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
