"""证照的读。"""

from shilong.service.licences.selectors.holder import GrantRow, UseRow, grants, licence, mine, reusable, uses
from shilong.service.licences.selectors.keeping import (
    BatchView,
    DetailView,
    ImportView,
    batch,
    batches,
    detail,
    export,
    import_run,
    imports,
    library,
    waiting_count,
)
from shilong.service.licences.selectors.rows import LicenceRow, LicenceView
from shilong.service.licences.selectors.types import TypeRow, TypeView, sample_png, type_view, types

__all__ = [
    "BatchView",
    "DetailView",
    "GrantRow",
    "ImportView",
    "LicenceRow",
    "LicenceView",
    "TypeRow",
    "TypeView",
    "UseRow",
    "batch",
    "batches",
    "detail",
    "export",
    "grants",
    "import_run",
    "imports",
    "library",
    "licence",
    "mine",
    "reusable",
    "sample_png",
    "type_view",
    "types",
    "uses",
    "waiting_count",
]
