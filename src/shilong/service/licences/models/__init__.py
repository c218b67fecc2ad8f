"""证照房间的表：`core` 是证照本身与办理，`sharing` 是跨平台核验、免交副本与提醒。"""

from shilong.service.licences.models.core import (
    Attempt,
    Batch,
    BatchItem,
    Grant,
    ImportRow,
    ImportRun,
    Licence,
    LicenceEvent,
    LicenceType,
    LicenceUse,
    Push,
    ShowCode,
    TypeItem,
)
from shilong.service.licences.models.sharing import CityCall, Notice, UsedCopy

__all__ = [
    "Attempt",
    "Batch",
    "BatchItem",
    "CityCall",
    "Grant",
    "ImportRow",
    "ImportRun",
    "Licence",
    "LicenceEvent",
    "LicenceType",
    "LicenceUse",
    "Notice",
    "Push",
    "ShowCode",
    "TypeItem",
    "UsedCopy",
]
