"""表单设计器的地址；由 `console.urls` 引入：`path("", include("shilong.web.console.forms_urls"))`，前缀 `/console/`。"""

from django.urls import path

from shilong.web.console import forms_views as views

urlpatterns = [
    path("forms/", views.index, name="forms"),
    path("forms/<str:code>/", views.design, name="form_design"),
    path("forms/<str:code>/save/", views.save, name="form_save"),
    path("forms/<str:code>/preview/", views.preview, name="form_preview"),
    path("forms/<str:code>/publish/", views.publish, name="form_publish"),
    path("forms/<str:code>/discard/", views.discard, name="form_discard"),
    path("forms/<str:code>/versions/<int:number>/", views.version, name="form_version"),
    path("forms/<str:code>/versions/<int:number>/restore/", views.restore, name="form_restore"),
]
