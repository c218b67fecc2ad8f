"""读。"""

from shilong.hall.terminals.selectors.faults import FaultRow, FaultView, fault, fault_counts, fault_rows, faults, repairers
from shilong.hall.terminals.selectors.lists import (
    EventRow,
    ShotRow,
    TerminalDetail,
    counts,
    detail,
    halls,
    prints,
    shot_file,
    terminals,
)
from shilong.hall.terminals.selectors.rows import TerminalView
from shilong.hall.terminals.selectors.stats import UsageRow, by_day, by_feature, usage
from shilong.hall.terminals.selectors.videos import VideoRow, video, videos

__all__ = [
    "EventRow",
    "FaultRow",
    "FaultView",
    "ShotRow",
    "TerminalDetail",
    "TerminalView",
    "UsageRow",
    "VideoRow",
    "by_day",
    "by_feature",
    "counts",
    "detail",
    "fault",
    "fault_counts",
    "fault_rows",
    "faults",
    "halls",
    "prints",
    "repairers",
    "shot_file",
    "terminals",
    "usage",
    "video",
    "videos",
]
