"""写事项：编辑—提交—审核—发布—下线，导入导出，同义词，与上级清单合并。

谁能做：事项管理员（catalog）编辑与提交；行政审批局（bureau）或另一名事项管理员审核发布。改过或提交过这一版的人不能审核。
"""

from shilong.service.catalog.services.exchange import export_json, export_xlsx, import_json, import_xlsx
from shilong.service.catalog.services.notices import issue_notice
from shilong.service.catalog.services.publish import compare, publish, reject, restore, withdraw
from shilong.service.catalog.services.samples import attach_sample, remove_sample
from shilong.service.catalog.services.upstream import import_upstream, resolve
from shilong.service.catalog.services.versions import create, discard, open_draft, save_draft, submit_review
from shilong.service.catalog.services.words import delete_synonym, handle_zero, record_zero, save_synonym

__all__ = [
    "attach_sample",
    "compare",
    "create",
    "delete_synonym",
    "discard",
    "export_json",
    "export_xlsx",
    "handle_zero",
    "import_json",
    "import_upstream",
    "import_xlsx",
    "issue_notice",
    "open_draft",
    "publish",
    "record_zero",
    "reject",
    "remove_sample",
    "resolve",
    "restore",
    "save_draft",
    "save_synonym",
    "submit_review",
    "withdraw",
]
