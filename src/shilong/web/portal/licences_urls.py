"""我的证照与公开验真的地址，由 `portal.urls` 引入。"""

from django.urls import path

from shilong.web.portal import licences_public, licences_views

urlpatterns = [
    path("me/licences/", licences_views.cards, name="licences"),
    path("me/licences/uses/", licences_views.uses, name="licence-uses"),
    path("me/licences/grants/", licences_views.grants, name="licence-grants"),
    path("me/licences/grants/<uuid:uid>/revoke/", licences_views.revoke, name="licence-grant-revoke"),
    path("me/licences/<uuid:uid>/", licences_views.detail, name="licence"),
    path("me/licences/<uuid:uid>/face.png", licences_views.face, name="licence-face"),
    path("me/licences/<uuid:uid>/show/", licences_views.show, name="licence-show"),
    path("me/licences/<uuid:uid>/grant/", licences_views.grant, name="licence-grant"),
    path("me/licences/<uuid:uid>/offline/", licences_views.offline, name="licence-offline"),
    path("me/licences/<uuid:uid>/file/<slug:kind>/", licences_views.download, name="licence-file"),
    path("v/", licences_public.verify, name="licence-verify-form"),
    path("v/file/", licences_public.verify_file, name="licence-verify-file"),
    path("v/offline/", licences_public.verify_offline, name="licence-verify-offline"),
    path("v/show/<str:token>/", licences_public.scan, name="licence-scan"),
    path("v/<str:code>/", licences_public.verify, name="licence-verify"),
]
