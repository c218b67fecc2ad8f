"""监察与分析的地址。"""

from django.urls import path

from shilong.web.supervise import amendment_views as amendments
from shilong.web.supervise import case_views as cases
from shilong.web.supervise import enquiry_views as enquiries
from shilong.web.supervise import joint_views as joint
from shilong.web.supervise import ratings_urls
from shilong.web.supervise import reuse_views as reuse
from shilong.web.supervise import stat_views as stats

app_name = "supervise"
urlpatterns = [
    path("", stats.overview, name="overview"),
    path("export.xlsx", stats.export_overview, name="overview-export"),
    path("departments/", stats.departments, name="departments"),
    path("departments/export.xlsx", stats.export_departments, name="departments-export"),
    path("items/", stats.items, name="items"),
    path("items/export.xlsx", stats.export_items, name="items-export"),
    path("joint/", joint.stats, name="joint"),
    path("joint/export.xlsx", joint.export, name="joint-export"),
    path("joint/<str:omni_no>/", joint.bundle, name="joint-bundle"),
    path("joint/<str:omni_no>/extend/", joint.extend, name="joint-extend"),
    path("reuse/", reuse.listing, name="reuse"),
    path("reuse/export.xlsx", reuse.export, name="reuse-export"),
    path("cases/", cases.listing, name="cases"),
    path("cases/export.xlsx", cases.export, name="cases-export"),
    path("flags/", cases.flags, name="flags"),
    path("flags/export.xlsx", cases.export_flags, name="flags-export"),
    *ratings_urls.urlpatterns,
    path("enquiries/", enquiries.board, name="enquiries"),
    path("enquiries/export.xlsx", enquiries.export, name="enquiries-export"),
    path("amendments/", amendments.listing, name="amendments"),
    path("amendments/export.xlsx", amendments.export, name="amendments-export"),
    path("amendments/new/", amendments.new, name="amendment-new"),
    path("amendments/<str:number>/", amendments.detail, name="amendment"),
    path("amendments/<str:number>/reveal/", amendments.reveal, name="amendment-reveal"),
    path("amendments/<str:number>/files/<uuid:file_id>/", amendments.evidence, name="amendment-file"),
    path("amendments/<str:number>/<slug:step>/", amendments.advance, name="amendment-step"),
]
