"""证照类型的地址，由 `console.urls` 引入。"""

from django.urls import path

from shilong.web.console import licences_gathering, licences_views

urlpatterns = [
    path("licence-gathering/", licences_gathering.page, name="licence-gathering"),
    path("licence-gathering/export.xlsx", licences_gathering.export, name="licence-gathering-export"),
    path("licence-gathering/repush/", licences_gathering.repush, name="licence-gathering-repush"),
    path("licence-types/", licences_views.listing, name="licence-types"),
    path("licence-types/install/", licences_views.install, name="licence-types-install"),
    path("licence-types/new/", licences_views.new, name="licence-type-new"),
    path("licence-types/<slug:code>/", licences_views.design, name="licence-type"),
    path("licence-types/<slug:code>/sample.png", licences_views.sample, name="licence-type-sample"),
    path("licence-types/<slug:code>/preview/", licences_views.preview, name="licence-type-preview"),
    path("licence-types/<slug:code>/items/", licences_views.items, name="licence-type-items"),
]
