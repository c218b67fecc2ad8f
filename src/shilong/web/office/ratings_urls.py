"""好差评：差评整改与评价列表的地址。"""

from django.urls import path

from shilong.web.office import ratings_views as views

urlpatterns = [
    path("ratings/", views.listing, name="ratings"),
    path("ratings/export.xlsx", views.export, name="ratings-export"),
    path("ratings/all/", views.everything, name="ratings-all"),
    path("ratings/all/export.xlsx", views.export_all, name="ratings-all-export"),
    path("ratings/<str:number>/", views.detail, name="rating-ticket"),
    path("ratings/<str:number>/reveal/", views.reveal, name="rating-reveal"),
    path("ratings/<str:number>/files/<int:pk>/", views.media, name="rating-file"),
    path("ratings/<str:number>/<slug:step>/", views.advance, name="rating-step"),
]
