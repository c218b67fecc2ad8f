"""部门审批的地址。"""

from django.urls import path

from shilong.web.office import enquiries_urls, joint_urls, licences_urls, ratings_urls, views

app_name = "office"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("export.xlsx", views.export, name="export"),
    path("batch/", views.batch, name="batch"),
    path("cases/<str:case_no>/", views.desk, name="case"),
    *licences_urls.urlpatterns,
    *ratings_urls.urlpatterns,
    *enquiries_urls.urlpatterns,
    *joint_urls.urlpatterns,
]
