"""证照的写。公开的只有这些名字。"""

from shilong.service.licences.services.batches import pause, resume_batch, start
from shilong.service.licences.services.city_lookup import Ground, confirm, lookup, obtain
from shilong.service.licences.services.importing import continue_import, import_rows, read_table
from shilong.service.licences.services.issuing import issue, produce_missing
from shilong.service.licences.services.lifecycle import act, expire_due, prepare_next
from shilong.service.licences.services.making import make_for_case
from shilong.service.licences.services.material import MaterialCopy, copy_at_counter, copy_for_application, keep_copy
from shilong.service.licences.services.notices import remind_due
from shilong.service.licences.services.pushing import push_due, repush
from shilong.service.licences.services.sharing import fetch, grant, query, revoke_grant
from shilong.service.licences.services.showing import redeem, show
from shilong.service.licences.services.types import attach_items, save_type
from shilong.service.licences.services.verifying import check_file, check_offline, offline_block, verify

__all__ = [
    "Ground",
    "MaterialCopy",
    "act",
    "attach_items",
    "check_file",
    "check_offline",
    "confirm",
    "continue_import",
    "copy_at_counter",
    "copy_for_application",
    "expire_due",
    "fetch",
    "grant",
    "import_rows",
    "issue",
    "keep_copy",
    "lookup",
    "make_for_case",
    "obtain",
    "offline_block",
    "pause",
    "prepare_next",
    "produce_missing",
    "push_due",
    "query",
    "read_table",
    "redeem",
    "remind_due",
    "repush",
    "resume_batch",
    "revoke_grant",
    "save_type",
    "show",
    "start",
    "verify",
]
