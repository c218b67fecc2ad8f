"""一件事的写操作。公开的只有这些名字。"""

from shilong.service.joint.services.follow import follow
from shilong.service.joint.services.handling import cancel, choose, deliver, extend, retry, score, supplement
from shilong.service.joint.services.notices import import_notices, mark_applied, move_prompt, save_rule
from shilong.service.joint.services.submit import BundleCommand, submit
from shilong.service.joint.services.themes import create_theme, problems_of, publish_theme, save_theme, take_offline

__all__ = [
    "BundleCommand",
    "cancel",
    "choose",
    "create_theme",
    "deliver",
    "extend",
    "follow",
    "import_notices",
    "mark_applied",
    "move_prompt",
    "problems_of",
    "publish_theme",
    "retry",
    "save_rule",
    "save_theme",
    "score",
    "submit",
    "supplement",
    "take_offline",
]
