"""接力的业务拒绝，都是给拿着手机的人看的。"""

from shilong.foundation.refusals import NotAllowed, NotFound, Refused


class HandoffUnusable(Refused):
    """过期、作废、已完成、码不对。"""

    code = "handoff_unusable"
    message = "这个码{detail}，请在电脑上重新出码再扫。"
    status = 410


class OtherDevice(NotAllowed):
    """已被另一台手机领走：换设备须重新出码，不能两台同时传。"""

    code = "handoff_other_device"
    message = "这个码已在另一台手机上打开。要换手机，请在电脑上重新出码。"


class ShotNotFound(NotFound):
    code = "shot_not_found"
    message = "没有找到这一页，可能已经删除。"


class ShotGone(Refused):
    """成片已在电脑上删掉或合成了 PDF，改不动。"""

    code = "shot_gone"
    message = "这一页已在电脑上删除或合成 PDF，不能再调整。需要的话请重新拍一张。"
    status = 409
