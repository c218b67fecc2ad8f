"""哪些事项不得用电子签名代替本人到场签字。"""

from shilong.service.cases.services.snapshots import in_person
from shilong.service.catalog.views import ItemView

# 电子签名法第三条第三款：涉及婚姻、收养、继承等人身关系的，涉及停止供水、供热、供气等公用事业服务的，不适用电子签名。
EXCLUDED = ("结婚", "离婚", "婚姻", "收养", "继承", "停止供水", "停止供热", "停止供气")


def signature_allowed(item: ItemView) -> bool:
    """这个事项能不能用电子签名。人身关系事项不能；依法须本人到场的也不能，签了名仍要到场，代替不了。"""
    return not in_person(item) and not any(word in item.name for word in EXCLUDED)
