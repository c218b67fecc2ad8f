"""门户里事项公开的地址；由 `portal.urls` 引入。"""

from django.urls import path

from shilong.web.portal import catalog_views as views
from shilong.web.portal import item_files

urlpatterns = [
    path("items/", views.items, name="items"),
    path("items/<str:code>/", views.guide, name="item"),
    path("items/<str:code>/notice/", views.notice, name="item_notice"),
    path("items/<str:code>/notice.pdf", item_files.notice, name="item_notice_pdf"),
    path("items/<str:code>/blank.pdf", item_files.blank, name="item_blank"),
    path("items/<str:code>/example.pdf", item_files.example, name="item_example"),
    path("items/<str:code>/materials/<str:material>/sample", item_files.material_file, {"slot": "example"}, name="item_sample"),
    path("items/<str:code>/materials/<str:material>/form", item_files.material_file, {"slot": "form"}, name="item_form"),
    path("search/suggest", views.suggest, name="suggest"),
    path("departments/", views.departments, name="departments"),
    path("topics/", views.topics, name="topics"),
]
