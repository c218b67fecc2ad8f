"""个人偏好：保存的列表视图、常用意见。只属于本人，别人读写不到。"""

from django.db import transaction

from shilong.foundation.refusals import Invalid, NotSignedIn
from shilong.identity.accounts.models import Preference
from shilong.identity.roles.actor import Actor

LIMIT = 50  # 每种最多存这么多条，防止无限增长


def named(actor: Actor, kind: str) -> list[Preference]:
    """本人某一种偏好，按名称。"""
    if actor.account_id is None:
        return []
    return list(Preference.objects.filter(account_id=actor.account_id, kind=kind).order_by("name"))


@transaction.atomic
def save(actor: Actor, kind: str, name: str, value: str) -> None:
    """存一条；同名的覆盖。

    异常：
        NotSignedIn: 没有登录。
        Invalid: 名称或内容为空、太长，或已存满。
    """
    if actor.account_id is None:
        raise NotSignedIn
    name, value = name.strip(), value.strip()
    if not name or not value or len(name) > 40 or len(value) > 2000:
        raise Invalid("名称与内容都要有，名称不超过 40 字。")
    mine = Preference.objects.filter(account_id=actor.account_id, kind=kind)
    if mine.count() >= LIMIT and not mine.filter(name=name).exists():
        raise Invalid(f"最多保存 {LIMIT} 条，请先删除不用的。")
    Preference.objects.update_or_create(account_id=actor.account_id, kind=kind, name=name, defaults={"value": value})


def delete(actor: Actor, kind: str, name: str) -> None:
    """删掉本人的一条；没有就当已经删了。"""
    Preference.objects.filter(account_id=actor.account_id or 0, kind=kind, name=name).delete()
