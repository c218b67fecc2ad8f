"""写：一个公开函数一个业务动作。"""

from shilong.hall.terminals.services.activation import activate, authenticate, issue_code, open_demo, retire, revoke
from shilong.hall.terminals.services.beating import Beat, beat, watch
from shilong.hall.terminals.services.faults import assign, move, report
from shilong.hall.terminals.services.registering import Profile, edit, push, register
from shilong.hall.terminals.services.screenshots import ask_shot, prune_shots, skip_shot, store_shot
from shilong.hall.terminals.services.usage import card_read, count, record_print
from shilong.hall.terminals.services.videos import add_video, remove_video

__all__ = [
    "Beat",
    "Profile",
    "activate",
    "add_video",
    "ask_shot",
    "assign",
    "authenticate",
    "beat",
    "card_read",
    "count",
    "edit",
    "issue_code",
    "move",
    "open_demo",
    "prune_shots",
    "push",
    "record_print",
    "register",
    "remove_video",
    "report",
    "retire",
    "revoke",
    "skip_shot",
    "store_shot",
    "watch",
]
