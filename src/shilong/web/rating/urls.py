"""评价器的地址。"""

from django.urls import path

from shilong.web.rating import views

app_name = "rating"
urlpatterns = [
    path("", views.screen, name="screen"),
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("next/", views.next_service, name="next"),
    path("submit/", views.submit, name="submit"),
    path("qr/<uuid:uid>/", views.qr, name="qr"),
    path("worker.js", views.worker, name="worker"),
]
