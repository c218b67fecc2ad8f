"""演示用的一件事：内置主题，一批双告知（演示企业在内），演示企业办着一件“开餐饮店”。"""

import random

from django.utils import timezone

from shilong.config.demo import people
from shilong.config.demo.forms import fill
from shilong.config.demo.staff import DEMO, accounts_made
from shilong.config.demo.story import sample_file
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.selectors import actor_for
from shilong.service.cases.services import MaterialInput
from shilong.service.joint import seed, selectors, services
from shilong.service.joint.shape import ThemeShape
from shilong.service.materials import profile

BATCH = "DEMO-1"
SCOPES = (
    "餐饮服务；烟草制品零售；户外广告设计",
    "道路货物运输（不含危险货物）；城市建筑垃圾处置",
    "劳务派遣服务；人力资源服务",
    "咖啡馆服务；食品销售（仅销售预包装食品）",
)
ANSWERS = {"kind": "catering", "big": "yes", "fire": "promise", "sign": "yes", "tobacco": "yes", "place": "rent"}


def joint() -> int:
    """装主题与规则、导入一批双告知、替演示企业提交一件；重复执行只补缺的。返回装了几个主题。"""
    made = seed.install()
    demo = accounts_made("demo-")
    services.import_notices("gongshang", BATCH, _rows(), actor=actor_for(demo["demo-leader"]))
    _submit(demo["demo-enterprise"])
    return made


def _rows() -> list[tuple[int, dict[str, str]]]:
    firm = DEMO["demo-enterprise"].profile
    names = [{"name": firm["name"], "uscc": firm["uscc"], "address": firm["address"], "legal_name": firm["legal_name"]}]
    names += [
        {
            "name": f"平顶山市石龙区虚构{label}有限公司",
            "uscc": people.uscc("91", 7700 + number),
            "address": f"石龙区测试路{number}号",
            "legal_name": "测试丁",
        }
        for number, label in enumerate(("物流", "人力资源", "咖啡"), 1)
    ]
    today = f"{timezone.localdate():%Y-%m-%d}"
    return [
        (line, {**row, "scope": scope, "registered_on": today, "capital": "100"})
        for line, (row, scope) in enumerate(zip(names, SCOPES, strict=True), 1)
    ]


def _submit(account_id: int) -> None:
    actor = actor_for(account_id)
    shape = ThemeShape(selectors.theme("restaurant"))
    answers = shape.answers(ANSWERS)
    applicant = accounts.applicant(account_id)
    source = profile.prefill_source(applicant)
    form = fill(shape.definition(answers), applicant, source, random.Random(410404))  # noqa: S311 演示数据，不是密码学
    file_id = sample_file(account_id, 0)
    materials = {row.code: MaterialInput(row.code, [file_id]) for row in shape.trim(answers).materials if not row.can_share}
    services.submit(services.BundleCommand(shape.view, form, materials, answers, "1", "demo-joint"), actor=actor)
