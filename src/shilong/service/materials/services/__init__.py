"""写草稿与提交申报。"""

from shilong.service.materials.services.drafts import (
    MAX_FILES,
    WINDOW_CHANNEL,
    attach,
    detach,
    discard,
    mark_late,
    mark_paper,
    merge,
    open_draft,
    promise_late,
    put,
    reach,
    reorder,
    save_form,
    save_situation,
    swap,
    unmark,
    upload,
)
from shilong.service.materials.services.filing import Keeping, check, duplicates, keepable, submit
from shilong.service.materials.services.picking import use_licence, use_paper, use_proof
from shilong.service.materials.services.scanning import scan
from shilong.service.materials.services.signing import require_signable, sign, unsign

__all__ = [
    "MAX_FILES",
    "WINDOW_CHANNEL",
    "Keeping",
    "attach",
    "check",
    "detach",
    "discard",
    "duplicates",
    "keepable",
    "mark_late",
    "mark_paper",
    "merge",
    "open_draft",
    "promise_late",
    "put",
    "reach",
    "reorder",
    "require_signable",
    "save_form",
    "save_situation",
    "scan",
    "sign",
    "submit",
    "swap",
    "unmark",
    "unsign",
    "upload",
    "use_licence",
    "use_paper",
    "use_proof",
]
