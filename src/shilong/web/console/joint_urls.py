"""一件事主题与双告知规则的地址。"""

from django.urls import path

from shilong.web.console import joint_views

urlpatterns = [
    path("one-things/", joint_views.listing, name="themes"),
    path("one-things/new/", joint_views.create, name="theme-new"),
    path("one-things/<slug:code>/", joint_views.design, name="theme"),
    path("one-things/<slug:code>/publish/", joint_views.publish, name="theme-publish"),
    path("one-things/<slug:code>/offline/", joint_views.offline, name="theme-offline"),
    path("scope-rules/", joint_views.rules, name="scope-rules"),
    path("scope-rules/<str:item_code>/", joint_views.rule, name="scope-rule"),
]
