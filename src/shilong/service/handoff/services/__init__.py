"""接力的写：出码、领取、拍照、调整、完成、签名、作废。"""

from shilong.service.handoff.services.devices import claim, opened
from shilong.service.handoff.services.opening import create, revoke
from shilong.service.handoff.services.shooting import adjust, finish, remove, shoot
from shilong.service.handoff.services.signing import sign

__all__ = ["adjust", "claim", "create", "finish", "opened", "remove", "revoke", "shoot", "sign"]
