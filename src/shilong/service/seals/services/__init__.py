"""印章的写：生命周期、授权、签章、验章、日志链、手写签名。公开函数都从这里取。"""

from shilong.service.seals.services.applications import apply, apply_cancel, apply_change, approve, refuse, withdraw
from shilong.service.seals.services.chain import CHAIN_BATCH, Problem, seal_chain, verify_chain
from shilong.service.seals.services.copies import CopySeal, import_identity, sign_copy
from shilong.service.seals.services.grants import GrantTerms, grant, revoke
from shilong.service.seals.services.handwriting import Handwriting, check_handwriting, checked_trace, sign_by_hand
from shilong.service.seals.services.lifecycle import activate, expire_due, freeze, make, resume
from shilong.service.seals.services.papers import PaperFile, check_paper, paper_file, seal_automatically, seal_paper
from shilong.service.seals.services.placing import Placement, fit, place
from shilong.service.seals.services.stamping import BatchDocument, BatchResult, Countersignature, countersign, stamp, stamp_many
from shilong.service.seals.services.verifying import Report, verify

__all__ = [
    "CHAIN_BATCH",
    "BatchDocument",
    "BatchResult",
    "CopySeal",
    "Countersignature",
    "GrantTerms",
    "Handwriting",
    "PaperFile",
    "Placement",
    "Problem",
    "Report",
    "activate",
    "apply",
    "apply_cancel",
    "apply_change",
    "approve",
    "check_handwriting",
    "check_paper",
    "checked_trace",
    "countersign",
    "expire_due",
    "fit",
    "freeze",
    "grant",
    "import_identity",
    "make",
    "paper_file",
    "place",
    "refuse",
    "resume",
    "revoke",
    "seal_automatically",
    "seal_chain",
    "seal_paper",
    "sign_by_hand",
    "sign_copy",
    "stamp",
    "stamp_many",
    "verify",
    "verify_chain",
    "withdraw",
]
