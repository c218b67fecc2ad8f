"""写入种子。"""

from django.db import transaction
from django.utils import timezone

from shilong.service.catalog import rules, schema
from shilong.service.catalog.models import Item, ItemVersion, Synonym, TaskDirectory, TaskImplement
from shilong.service.catalog.seed.contents import Seed, contents
from shilong.service.catalog.seed.synonyms import SYNONYMS
from shilong.service.catalog.versions import digest_of, touch
from shilong.service.forms.seed import seed_forms


def seed(limit: int | None = None) -> int:
    """装载内置事项（连同它们的申请表）并发布；已有的事项跳过。返回新增个数。

    参数：
        limit: 只装前几个，测试用。

    异常：
        ValueError: 种子通不过发布质检（程序错误，不是用户错误）。
    """
    created = 0
    with transaction.atomic():
        seed_forms()
        have = set(Item.objects.values_list("code", flat=True))
        for order, row in enumerate(contents()):
            if row.code in have or (limit is not None and order >= limit):
                continue
            problems = rules.quality(row.content)
            if problems:
                raise ValueError(f"种子事项 {row.seq} 通不过质检：{problems}")
            publish(row, order)
            created += 1
        for term, targets in SYNONYMS.items():
            Synonym.objects.get_or_create(term=term, defaults={"targets": targets, "updated_by": "系统"})
        if created:
            touch()
    return created


def publish(row: Seed, order: int) -> Item:
    """建三层记录并直接发布第 1 版。"""
    content = schema.clean(row.content)
    directory, _ = TaskDirectory.objects.get_or_create(
        catalog_code=row.catalog_code, defaults={"name": content["name"], "task_type": content["task_type"]}
    )
    implement, _ = TaskImplement.objects.get_or_create(
        task_code=row.task_code,
        defaults={"directory": directory, "department": row.department, "department_code": row.department_code},
    )
    item = Item.objects.create(code=row.code, implement=implement, latest=1, order=order)
    version = ItemVersion.objects.create(
        item=item,
        number=1,
        edit_state=ItemVersion.Edit.PUBLISHED,
        content=content,
        digest=digest_of(content),
        name=content["name"],
        department=content["department"],
        task_type=content["task_type"],
        change_note="内置清单",
        editor_name="系统",
        published_at=timezone.now(),
    )
    item.current = version
    item.save(update_fields=["current"])
    return item
