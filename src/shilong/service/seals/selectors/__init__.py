"""印章的读：能用哪些章、列表详情、用章日志、手写签名。"""

from shilong.service.seals.selectors.briefs import SealBrief, department_seal, usable
from shilong.service.seals.selectors.handwriting import SignatureView, signatures_of
from shilong.service.seals.selectors.seals import (
    ApplicationView,
    GrantView,
    SealRow,
    SealView,
    StepView,
    VersionView,
    applications,
    listing,
    pending_count,
    picture,
    seal,
)
from shilong.service.seals.selectors.uses import EXPORT_HEADERS, UseFilters, UseRow, export, uses

__all__ = [
    "EXPORT_HEADERS",
    "ApplicationView",
    "GrantView",
    "SealBrief",
    "SealRow",
    "SealView",
    "SignatureView",
    "StepView",
    "UseFilters",
    "UseRow",
    "VersionView",
    "applications",
    "department_seal",
    "export",
    "listing",
    "pending_count",
    "picture",
    "seal",
    "signatures_of",
    "usable",
    "uses",
]
