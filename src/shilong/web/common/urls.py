"""各面孔共用的地址：登录、文件下载、文书验真。"""

from django.urls import path

from shilong.web.common import documents

urlpatterns = [
    path("verify/", documents.verify, name="verify-form"),
    path("verify/<slug:code>/", documents.verify, name="verify"),
    path("documents/<str:number>.pdf", documents.download, name="document-download"),
]
