"""给各模块测试用的事项。只在测试里用，不进生产路径。"""

from typing import Any

from shilong.service.catalog import selectors
from shilong.service.catalog.models import Item
from shilong.service.catalog.seed import contents, seed
from shilong.service.catalog.seed.contents import Seed
from shilong.service.catalog.seed.load import publish
from shilong.service.catalog.versions import touch
from shilong.service.catalog.views import ItemView
from shilong.service.forms.seed import seed_forms

CODES = {row.seq: row.code for row in contents()}
PUBLIC_PLACE, FOOD, NURSE_CHANGE, SELF_EMPLOYED, ROAD, SCHOOL, MARRIAGE = (CODES[seq] for seq in (1, 8, 5, 12, 46, 38, 31))


def seed_items(limit: int | None = None) -> int:
    """装载内置 60 项（或前几项）并发布。"""
    return seed(limit)


def seed_only(*sequences: int) -> None:
    """只装内置的这几项（连同申请表）并发布：比全装快一个数量级。"""
    seed_forms()
    for order, row in enumerate(contents()):
        if row.seq in sequences and not Item.objects.filter(code=row.code).exists():
            publish(row, order)
    touch()


def make_item(seq: int = 8, **overrides: Any) -> ItemView:
    """造一个已发布事项：以内置第 `seq` 项为底，`overrides` 覆盖要素（国家前置库字段名）。编码每次不同。

    常用覆盖：project_type、promise_day、review_plan、special、materials、situations、is_online。
    """
    base = next(row for row in contents() if row.seq == seq)
    number = Item.objects.count() + 1
    code = f"{base.task_code}{number % 100:02d}" if not Item.objects.filter(code=base.code).exists() else f"{base.task_code}T{number}"
    code = overrides.pop("code", code)
    content = {**base.content, "form_code": code, **overrides}
    publish(Seed(base.seq, code, base.task_code, base.catalog_code, content["department"], base.department_code, content), order=number)
    touch()
    return selectors.item(code)
