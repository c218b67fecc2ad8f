"""评价的地址：我的办件评价、一次性链接、评价公开。"""

from django.urls import path

from shilong.web.portal import ratings_views as views

urlpatterns = [
    path("me/cases/<str:case_no>/rate/", views.rate, name="rate"),
    path("me/cases/<str:case_no>/rate/files/<int:pk>/", views.media, name="rate-file"),
    path("r/<str:token>/", views.link, name="rate-link"),
    path("ratings/", views.public, name="ratings"),
]
