"""好差评的写。"""

from shilong.service.ratings.services.handling import advance, reveal
from shilong.service.ratings.services.occasions import link_for, open_onsite
from shilong.service.ratings.services.opinions import Opinion, rate_by_link, rate_case, rate_on_terminal, record_by_phone
from shilong.service.ratings.services.policies import save_policy
from shilong.service.ratings.services.terminals import deactivate, register, renew

__all__ = [
    "Opinion",
    "advance",
    "deactivate",
    "link_for",
    "open_onsite",
    "rate_by_link",
    "rate_case",
    "rate_on_terminal",
    "record_by_phone",
    "register",
    "renew",
    "reveal",
    "save_policy",
]
