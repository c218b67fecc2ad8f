"""证照的读。"""

from shilong.service.licences.selectors.city_calls import CallRow, city_calls, city_calls_about, export_city_calls
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
from shilong.service.licences.selectors.material import Origin, from_library, origins
from shilong.service.licences.selectors.rows import LicenceRow, LicenceView
from shilong.service.licences.selectors.types import TypeRow, TypeView, sample_png, type_view, types

__all__ = [
    "BatchView",
    "CallRow",
    "DetailView",
    "GrantRow",
    "ImportView",
    "LicenceRow",
    "LicenceView",
    "Origin",
    "TypeRow",
    "TypeView",
    "UseRow",
    "batch",
    "batches",
    "city_calls",
    "city_calls_about",
    "detail",
    "export",
    "export_city_calls",
    "from_library",
    "grants",
    "import_run",
    "imports",
    "library",
    "licence",
    "mine",
    "origins",
    "reusable",
    "sample_png",
    "type_view",
    "types",
    "uses",
    "waiting_count",
]
