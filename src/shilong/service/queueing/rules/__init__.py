"""叫号规则，纯函数：状态机、叫号顺序、归哪个窗口组、等待统计。"""

from shilong.service.queueing.rules.order import Policy, Waiting, choose
from shilong.service.queueing.rules.places import Place, place_for
from shilong.service.queueing.rules.states import ACTION_NAMES, ACTIVE, STATE_NAMES, Action, NotPossible, State, move
from shilong.service.queueing.rules.statistics import Sample, Summary, percentile, summarise

__all__ = [
    "ACTION_NAMES",
    "ACTIVE",
    "STATE_NAMES",
    "Action",
    "NotPossible",
    "Place",
    "Policy",
    "Sample",
    "State",
    "Summary",
    "Waiting",
    "choose",
    "move",
    "percentile",
    "place_for",
    "summarise",
]
