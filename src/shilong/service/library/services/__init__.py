"""写材料库：维护、入库、出示与扫码、选用与计数。"""

from shilong.service.library.services.codes import attach, check_original, redeem, revoke, show
from shilong.service.library.services.keeping import Details, add, check_by_share, edit, keep, remove, set_asking
from shilong.service.library.services.reuse import copy_for_application, count

__all__ = [
    "Details",
    "add",
    "attach",
    "check_by_share",
    "check_original",
    "copy_for_application",
    "count",
    "edit",
    "keep",
    "redeem",
    "remove",
    "revoke",
    "set_asking",
    "show",
]
