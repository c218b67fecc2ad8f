"""各面孔共用的地址：登录、文件下载、文书验真。"""

urlpatterns: list = []
