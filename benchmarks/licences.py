"""证照库大表：灌入百万张，量按持有人查、证照库查询；另量签发一张的处理器时间。"""

import random
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks.engine import ONLY, Report
from benchmarks.large import SURNAMES, _pour, _raw
from benchmarks.light import opened
from benchmarks.world import Scene
from shilong.foundation.gm.fields import blind_index
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.models import Account
from shilong.service.licences import seed, selectors
from shilong.service.licences.models import Licence, LicenceType
from shilong.service.licences.rules import identifiers
from shilong.service.licences.testing import make_draft

NAMES = ("我的证照（按持有人，读库）", "我的证照页", "证照库首页", "证照库按主体代码查", "证照库按名称开头查", "证照库按编号查")
PER_HOLDER = 4


def run(report: Report, scene: Scene, size: int) -> None:
    if not any(ONLY in name for name in NAMES):
        return
    start = time.perf_counter()
    seed.install()
    profile = accounts.applicant(scene.citizen.account_id or 0)
    template = make_draft("公共场所卫生许可证", name="测试甲", code=profile.id_no)
    _pour(Licence, _rows(template, size, blind_index(profile.id_no)))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE licences_licence")
    print(f"› 灌入 {size:,} 张证照用 {time.perf_counter() - start:.0f} 秒", file=sys.stderr, flush=True)
    report.p95(NAMES[0], lambda: selectors.mine(scene.citizen), most=50)
    citizen, bureau = Client(), Client()
    citizen.force_login(Account.objects.get(pk=scene.citizen.account_id))
    bureau.force_login(Account.objects.get(pk=scene.bureau.account_id))
    report.p95(NAMES[1], lambda: opened(citizen, "/me/licences/"), most=100)
    number = Licence.objects.order_by("-pk").values_list("number", flat=True)[0]
    for name, query in ((NAMES[2], ""), (NAMES[3], profile.id_no), (NAMES[4], "王伟"), (NAMES[5], number)):
        report.p95(name, lambda query=query: opened(bureau, f"/office/licences/?q={query}"), most=100)


def _rows(template: Licence, size: int, mine: str) -> Iterator[dict[str, Any]]:
    dice, base, today = random.Random(11), _raw(template), timezone.localdate()
    kinds = list(LicenceType.objects.order_by("code"))
    for n in range(size):
        holder, kind = n // PER_HOLDER, kinds[(n // PER_HOLDER + n % PER_HOLDER) % len(kinds)]
        serial = f"{2000 + n % 26}{n:08d}"
        day = today - timedelta(days=dice.randrange(1500))
        yield base | {
            "id": template.pk + 1 + n,
            "uid": _uid(dice),
            "identifier": identifiers.build(kind.code, template.issuer_code, serial, 1),
            "type_id": kind.pk,
            "type_code": kind.code,
            "name": kind.name,
            "number": f"{kind.word}〔{serial[:4]}〕{serial[4:]}号",
            "serial": serial,
            "state": "01" if n % 10 else "05",
            "department": kind.department,
            "holder_name": dice.choice(SURNAMES) + "伟敏静丽强磊军洋勇艳"[n % 10],
            "holder_index": mine if holder == 5 else f"{dice.getrandbits(250):064x}" if n % PER_HOLDER == 0 else f"{holder:064x}",
            "issue_date": str(day),
            "valid_start": str(day),
            "valid_end": str(day + timedelta(days=1460)),
            "code_digest": f"{dice.getrandbits(256):064x}",
        }


def _uid(dice: random.Random) -> str:
    value = f"{dice.getrandbits(128):032x}"
    return value if connection.vendor == "sqlite" else f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
