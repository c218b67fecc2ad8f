"""哪些事项不得用电子签名、电子印章代替手写签字与实物印章。"""

from shilong.service.cases.services.snapshots import in_person
from shilong.service.catalog.views import ItemView

# 电子签名法第三条第三款：涉及婚姻、收养、继承等人身关系的，涉及停止供水、供热、供气等公用事业服务的，不适用电子签名。
EXCLUDED = ("结婚", "离婚", "婚姻", "收养", "继承", "停止供水", "停止供热", "停止供气")


def signature_allowed(item: ItemView) -> bool:
    """这个事项能不能用电子签名。人身关系事项不能；依法须本人到场的也不能，签了名仍要到场，代替不了。"""
    return not in_person(item) and electronic_allowed(item.name)


def electronic_allowed(item_name: str) -> bool:
    """这个事项的文书能不能加盖电子印章；不适用电子签名的，文书只能打印后加盖实物印章。"""
    return not any(word in item_name for word in EXCLUDED)
