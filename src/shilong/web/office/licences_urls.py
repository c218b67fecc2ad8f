"""证照库的地址，由 `office.urls` 引入。"""

from django.urls import path

from shilong.web.office import licences_city, licences_views

urlpatterns = [
    path("licences/", licences_views.listing, name="licences"),
    path("licences/export.xlsx", licences_views.export, name="licences-export"),
    path("licences/city/", licences_city.page, name="licence-city"),
    path("licences/city/export.xlsx", licences_city.export, name="licence-city-export"),
    path("licences/city/<uuid:uid>/<slug:action>/", licences_city.follow, name="licence-city-follow"),
    path("licences/batches/start/", licences_views.batch_start, name="licence-batch-start"),
    path("licences/batches/<uuid:uid>/", licences_views.batch_page, name="licence-batch"),
    path("licences/batches/<uuid:uid>/<slug:action>/", licences_views.batch_change, name="licence-batch-change"),
    path("licences/imports/", licences_views.imports, name="licence-imports"),
    path("licences/imports/template.xlsx", licences_views.template, name="licence-import-template"),
    path("licences/imports/<uuid:uid>/", licences_views.import_page, name="licence-import"),
    path("licences/imports/<uuid:uid>/problems.xlsx", licences_views.import_problems, name="licence-import-problems"),
    path("licences/<uuid:uid>/", licences_views.detail, name="licence"),
    path("licences/<uuid:uid>/face.png", licences_views.face, name="licence-face"),
    path("licences/<uuid:uid>/file/<slug:kind>/", licences_views.download, name="licence-file"),
    path("licences/<uuid:uid>/act/<slug:action>/", licences_views.advance, name="licence-act"),
]
