"""印章的读：能用哪些章、列表详情、用章日志、手写签名。"""

from shilong.service.seals.selectors.briefs import SealBrief, department_seal, may_use, usable
from shilong.service.seals.selectors.handwriting import SignatureView, signature_svg, signatures_of
from shilong.service.seals.selectors.papers import PaperView, papers
from shilong.service.seals.selectors.seals import (
    ApplicationView,
    GrantView,
    SealRow,
    SealView,
    StepView,
    VersionView,
    application,
    application_picture,
    applications,
    listing,
    pending_count,
    picture,
    seal,
)
from shilong.service.seals.selectors.uses import EXPORT_HEADERS, LogCheck, UseFilters, UseRow, export, last_check, uses

__all__ = [
    "EXPORT_HEADERS",
    "ApplicationView",
    "GrantView",
    "LogCheck",
    "PaperView",
    "SealBrief",
    "SealRow",
    "SealView",
    "SignatureView",
    "StepView",
    "UseFilters",
    "UseRow",
    "VersionView",
    "application",
    "application_picture",
    "applications",
    "department_seal",
    "export",
    "last_check",
    "listing",
    "may_use",
    "papers",
    "pending_count",
    "picture",
    "seal",
    "signature_svg",
    "signatures_of",
    "usable",
    "uses",
]
