"""“高效办成一件事”的地址，由 `portal.urls` 引入。"""

from django.urls import path

from shilong.web.portal import joint_views

urlpatterns = [
    path("one-thing/", joint_views.themes, name="one-things"),
    path("one-thing/<slug:code>/", joint_views.theme, name="one-thing"),
    path("me/one-things/", joint_views.mine, name="my-one-things"),
    path("me/one-things/<str:omni_no>/", joint_views.bundle, name="one-thing-case"),
    path("me/one-things/<str:omni_no>/supplement/", joint_views.supplement, name="one-thing-supplement"),
    path("me/one-things/<str:omni_no>/choose/", joint_views.choose, name="one-thing-choose"),
    path("me/one-things/<str:omni_no>/score/", joint_views.score, name="one-thing-score"),
    path("me/one-things/<str:omni_no>/parts/<slug:part>/<slug:move>/", joint_views.part, name="one-thing-part"),
]
