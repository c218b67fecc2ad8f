"""材料库与我的证明的地址，由 `portal.urls` 引入。"""

from django.urls import path

from shilong.web.portal import library_views as views

urlpatterns = [
    path("me/library/", views.listing, {"kind": "material"}, name="library"),
    path("me/library/export.xlsx", views.export, {"kind": "material"}, name="library-export"),
    path("me/library/new/", views.new, {"kind": "material"}, name="library-new"),
    path("me/library/uses/", views.uses, name="library-uses"),
    path("me/library/asking/", views.asking, name="library-asking"),
    path("me/library/<uuid:uid>/", views.detail, name="paper"),
    path("me/library/<uuid:uid>/edit/", views.edit, name="paper-edit"),
    path("me/library/<uuid:uid>/remove/", views.remove, name="paper-remove"),
    path("me/library/<uuid:uid>/check/", views.check, name="paper-check"),
    path("me/library/<uuid:uid>/show/", views.show, name="paper-show"),
    path("me/library/<uuid:uid>/revoke/", views.revoke, name="paper-revoke"),
    path("me/library/<uuid:uid>/files/<uuid:file_id>/preview/", views.preview, name="paper-preview"),
    path("me/library/<uuid:uid>/files/<uuid:file_id>/download/", views.download, name="paper-download"),
    path("me/proofs/", views.listing, {"kind": "proof"}, name="proofs"),
    path("me/proofs/export.xlsx", views.export, {"kind": "proof"}, name="proofs-export"),
    path("me/proofs/new/", views.new, {"kind": "proof"}, name="proof-new"),
]
