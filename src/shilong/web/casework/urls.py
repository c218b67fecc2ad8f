"""办件详情与材料查看的地址。"""

from django.urls import path

from shilong.web.casework import views

app_name = "casework"
urlpatterns = [
    path("views/", views.save_view, name="view"),
    path("phrases/", views.save_phrase, name="phrase"),
    path("<str:case_no>/", views.page, name="page"),
    path("<str:case_no>/drawer/", views.drawer, name="drawer"),
    path("<str:case_no>/reveal/", views.reveal, name="reveal"),
    path("<str:case_no>/act/<slug:action>/", views.act, name="act"),
    path("<str:case_no>/files/<uuid:file_id>/", views.download, name="file"),
    path("<str:case_no>/files/<uuid:file_id>/view/", views.material, name="material"),
    path("<str:case_no>/files/<uuid:file_id>/pages/<int:number>.png", views.preview, name="preview"),
]
