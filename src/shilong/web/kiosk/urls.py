"""一体机与大屏的地址。"""

from shilong.web.kiosk import terminal_urls

app_name = "kiosk"
urlpatterns = [*terminal_urls.urlpatterns]
