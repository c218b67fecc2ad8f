"""等候屏与取号机的地址。"""

from django.urls import path

from shilong.web.kiosk import screen_views, take_views

app_name = "kiosk"
urlpatterns = [
    path("", take_views.setup, name="setup"),
    path("authorise/", take_views.authorise, name="authorise"),
    path("take/", take_views.home, name="home"),
    path("take/check-in/", take_views.check_in, name="check-in"),
    path("take/return/", take_views.give_back, name="return"),
    path("take/slip/<uuid:uid>/", take_views.slip, name="slip"),
    path("take/<slug:group>/", take_views.take, name="take"),
    path("screen/<slug:hall>/", screen_views.screen, name="screen"),
    path("screen/<slug:hall>/now/", screen_views.now, name="now"),
    path("screen/<slug:hall>/voice/<uuid:uid>.wav", screen_views.voice, name="voice"),
]
