"""写草稿与提交申报。"""

from shilong.service.materials.services.drafts import (
    MAX_FILES,
    attach,
    detach,
    discard,
    mark_late,
    mark_paper,
    merge,
    open_draft,
    promise_late,
    reach,
    reorder,
    save_form,
    save_situation,
    unmark,
    upload,
)
from shilong.service.materials.services.filing import Keeping, check, duplicates, keepable, submit
from shilong.service.materials.services.picking import call_licence, use_licence, use_paper, use_proof

__all__ = [
    "MAX_FILES",
    "Keeping",
    "attach",
    "call_licence",
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
    "reach",
    "reorder",
    "save_form",
    "save_situation",
    "submit",
    "unmark",
    "upload",
    "use_licence",
    "use_paper",
    "use_proof",
]
