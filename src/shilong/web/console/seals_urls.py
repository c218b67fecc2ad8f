"""电子印章的地址；由 `console.urls` 引入，前缀 `/console/`。"""

from django.urls import path

from shilong.web.console import seals_use_views as using
from shilong.web.console import seals_views as views

urlpatterns = [
    path("seals/", views.seals, name="seals"),
    path("seals/new/", views.apply, name="seal_apply"),
    path("seals/applications/", views.applications, name="seal_applications"),
    path("seals/applications/<str:number>/", views.application, name="seal_application"),
    path("seals/applications/<str:number>/picture.png", views.application_picture, name="seal_application_picture"),
    path("seals/applications/<str:number>/<slug:step>/", views.decide, name="seal_decide"),
    path("seals/use/", using.use, name="seal_use"),
    path("seals/use/preview/", using.preview, name="seal_preview"),
    path("seals/verify/", using.verify, name="seal_verify"),
    path("seals/log/", using.log, name="seal_log"),
    path("seals/log/verify/", using.verify_log, name="seal_log_verify"),
    path("seals/grants/<int:grant_id>/revoke/", views.revoke_grant, name="seal_grant_revoke"),
    path("seals/<str:seal_no>/", views.seal, name="seal"),
    path("seals/<str:seal_no>/picture.png", views.picture, name="seal_picture"),
    path("seals/<str:seal_no>/change/", views.apply_change, name="seal_change"),
    path("seals/<str:seal_no>/cancel/", views.apply_cancel, name="seal_cancel"),
    path("seals/<str:seal_no>/grants/new/", views.grant, name="seal_grant"),
    path("seals/<str:seal_no>/<slug:step>/", views.step, name="seal_step"),
]
