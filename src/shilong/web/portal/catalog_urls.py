"""门户里事项公开的地址；由 `portal.urls` 引入。"""

from django.urls import path

from shilong.web.portal import catalog_views as views

urlpatterns = [
    path("items/", views.items, name="items"),
    path("items/<str:code>/", views.guide, name="item"),
    path("items/<str:code>/notice/", views.notice, name="item_notice"),
    path("search/suggest", views.suggest, name="suggest"),
    path("departments/", views.departments, name="departments"),
    path("topics/", views.topics, name="topics"),
]
