"""URL 总表：按“谁打开这个页面”分面孔。"""

from django.urls import include, path

from shilong.config import health
from shilong.config.api import api

urlpatterns = [
    path("healthz", health.live),
    path("readyz", health.ready),
    path("api/v1/", api.urls),
    path("cases/", include("shilong.web.casework.urls")),
    path("window/", include("shilong.web.window.urls")),
    path("office/", include("shilong.web.office.urls")),
    path("supervise/", include("shilong.web.supervise.urls")),
    path("rating/", include("shilong.web.rating.urls")),
    path("kiosk/", include("shilong.web.kiosk.urls")),
    path("self/", include("shilong.web.kiosk.terminal_urls")),
    path("console/", include("shilong.web.console.urls")),
    path("", include("shilong.web.handoff.urls")),
    path("", include("shilong.web.common.urls")),
    path("", include("shilong.web.portal.urls")),
]
handler400 = "shilong.web.common.errors.bad_request"
handler404 = "shilong.web.common.errors.not_found"
handler403 = "shilong.web.common.errors.forbidden"
handler500 = "shilong.web.common.errors.server_error"
