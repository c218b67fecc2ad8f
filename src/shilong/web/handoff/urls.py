"""手机接力的地址：/handoff/ 给电脑，/h/ 给手机。"""

from django.urls import path

from shilong.web.handoff import desk, phone

app_name = "handoff"
urlpatterns = [
    path("handoff/", desk.create, name="create"),
    path("handoff/<uuid:uid>/", desk.progress, name="progress"),
    path("handoff/<uuid:uid>/revoke/", desk.revoke, name="revoke"),
    path("handoff/corners/", desk.corners, name="corners"),
    path("handoff/unsign/<uuid:draft_id>/", desk.unsign, name="unsign"),
    path("h/", phone.landing, name="landing"),
    path("h/claim/", phone.claim, name="claim"),
    path("h/<uuid:uid>/", phone.page, name="phone"),
    path("h/<uuid:uid>/shots/", phone.shoot, name="shoot"),
    path("h/<uuid:uid>/shots/<int:shot_id>/", phone.adjust, name="adjust"),
    path("h/<uuid:uid>/shots/<int:shot_id>/remove/", phone.remove, name="remove"),
    path("h/<uuid:uid>/shots/<int:shot_id>/<str:which>.png", phone.picture_of, name="picture"),
    path("h/<uuid:uid>/finish/", phone.finish, name="finish"),
    path("h/<uuid:uid>/sign/", phone.sign, name="sign"),
]
