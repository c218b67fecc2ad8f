"""证照类型的地址，由 `console.urls` 引入。"""

from django.urls import path

from shilong.web.console import licences_views

urlpatterns = [
    path("licence-types/", licences_views.listing, name="licence-types"),
    path("licence-types/install/", licences_views.install, name="licence-types-install"),
    path("licence-types/new/", licences_views.new, name="licence-type-new"),
    path("licence-types/<slug:code>/", licences_views.design, name="licence-type"),
    path("licence-types/<slug:code>/sample.png", licences_views.sample, name="licence-type-sample"),
    path("licence-types/<slug:code>/preview/", licences_views.preview, name="licence-type-preview"),
    path("licence-types/<slug:code>/items/", licences_views.items, name="licence-type-items"),
]
