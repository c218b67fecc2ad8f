"""叫号的业务动作。"""

from shilong.service.queueing.services.calling import (
    abandon,
    attach_case,
    call_next,
    expire_before,
    finish,
    give_back,
    miss,
    pause,
    recall,
    resume,
    serve,
    transfer,
)
from shilong.service.queueing.services.halls import authorise_device, revoke_devices, save_group, save_hall, save_policy, save_window
from shilong.service.queueing.services.taking import Visitor, take, take_on_site

__all__ = [
    "Visitor",
    "abandon",
    "attach_case",
    "authorise_device",
    "call_next",
    "expire_before",
    "finish",
    "give_back",
    "miss",
    "pause",
    "recall",
    "resume",
    "revoke_devices",
    "save_group",
    "save_hall",
    "save_policy",
    "save_window",
    "serve",
    "take",
    "take_on_site",
    "transfer",
]
