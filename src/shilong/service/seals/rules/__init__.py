"""印章的规则：种类、状态与合法变化、印章图的形状、手写签名能不能用。纯函数，不碰数据库。"""

from shilong.service.seals.rules.handwriting import electronic_allowed, signature_allowed
from shilong.service.seals.rules.kinds import ALL_DOC_TYPES, DOC_TYPES, KINDS, Kind, Shape, doc_type_name
from shilong.service.seals.rules.lifecycle import (
    APPLICATION_NAMES,
    APPLICATION_STATUS_NAMES,
    CANCEL_CAUSES,
    MAX_YEARS,
    STATUS_NAMES,
    STEP_NAMES,
    STEPS,
    TONES,
    ApplicationKind,
    ApplicationStatus,
    SealStatus,
    Step,
    StepNotPossible,
    advance,
)
from shilong.service.seals.rules.papers import PAPER_SEALS
from shilong.service.seals.rules.strokes import svg

__all__ = [
    "ALL_DOC_TYPES",
    "APPLICATION_NAMES",
    "APPLICATION_STATUS_NAMES",
    "CANCEL_CAUSES",
    "DOC_TYPES",
    "KINDS",
    "MAX_YEARS",
    "PAPER_SEALS",
    "STATUS_NAMES",
    "STEPS",
    "STEP_NAMES",
    "TONES",
    "ApplicationKind",
    "ApplicationStatus",
    "Kind",
    "SealStatus",
    "Shape",
    "Step",
    "StepNotPossible",
    "advance",
    "doc_type_name",
    "electronic_allowed",
    "signature_allowed",
    "svg",
]
