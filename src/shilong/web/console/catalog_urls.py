"""事项管理的地址；由 `console.urls` 引入，前缀 `/console/`。"""

from django.urls import path

from shilong.web.console import catalog_views as views

urlpatterns = [
    path("items/", views.items, name="items"),
    path("items/export.xlsx", views.export_xlsx, name="items_xlsx"),
    path("items/export.json", views.export_json, name="items_json"),
    path("items/import/", views.import_file, name="items_import"),
    path("items/words/", views.words, name="words"),
    path("items/upstream/", views.upstream, name="upstream"),
    path("items/<str:code>/", views.item, name="item"),
    path("items/<str:code>/versions/", views.versions, name="item_versions"),
    path("items/<str:code>/materials/<str:material>/<str:slot>/", views.sample, name="item_sample"),
    path("items/<str:code>/do/<str:action>/", views.act, name="item_act"),
]
