"""在线申报的地址，由 `portal.urls` 引入：`path("apply/", include("shilong.web.portal.apply_urls"))`。"""

from django.urls import path

from shilong.web.portal import apply_files, apply_views

urlpatterns = [
    path("done/<str:case_no>/", apply_views.done, name="apply-done"),
    path("d/<uuid:draft_id>/", apply_views.resume, name="apply-resume"),
    path("d/<uuid:draft_id>/situation/", apply_views.situation, name="apply-situation"),
    path("d/<uuid:draft_id>/form/", apply_views.form, name="apply-form"),
    path("d/<uuid:draft_id>/materials/", apply_views.materials, name="apply-materials"),
    path("d/<uuid:draft_id>/check/", apply_views.check, name="apply-check"),
    path("d/<uuid:draft_id>/discard/", apply_views.discard, name="apply-discard"),
    path("d/<uuid:draft_id>/materials/<str:code>/choices/", apply_files.choices, name="apply-choices"),
    path("d/<uuid:draft_id>/materials/<str:code>/<slug:action>/", apply_files.material, name="apply-material"),
    path("d/<uuid:draft_id>/files/<uuid:file_id>/preview/", apply_files.preview, name="apply-preview"),
    path("d/<uuid:draft_id>/files/<uuid:file_id>/download/", apply_files.download, name="apply-download"),
    path("<str:item_code>/", apply_views.start, name="apply"),
]
