"""好差评看板、推送数据、电话代录的地址。"""

from django.urls import path

from shilong.web.supervise import ratings_views as views

urlpatterns = [
    path("ratings/", views.board, name="ratings"),
    path("ratings/export.xlsx", views.export, name="ratings-export"),
    path("ratings/push/", views.push, name="ratings-push"),
    path("ratings/push/<slug:kind>/", views.push_file, name="ratings-push-file"),
    path("ratings/phone/", views.phone, name="ratings-phone"),
]
