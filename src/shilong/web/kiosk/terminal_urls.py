"""一体机的地址，前缀 `/self/`。取号机与等候屏在 `urls`，前缀 `/kiosk/`。"""

from django.urls import path

from shilong.web.kiosk import person_views as person
from shilong.web.kiosk import print_views as printing
from shilong.web.kiosk import public_views as public
from shilong.web.kiosk import terminal_views as terminal
from shilong.web.kiosk import ticket_views as ticket

app_name = "selfservice"
urlpatterns = [
    path("", terminal.home, name="home"),
    path("activate/", terminal.activate, name="activate"),
    path("demo/", terminal.demo, name="demo"),
    path("leave/", terminal.leave, name="leave"),
    path("stage/", terminal.stage, name="stage"),
    path("reset/", terminal.reset, name="reset"),
    path("alive/", terminal.alive, name="alive"),
    path("heartbeat/", terminal.heartbeat, name="heartbeat"),
    path("screenshot/<uuid:shot_id>/", terminal.screenshot, name="screenshot"),
    path("fault/", terminal.fault, name="fault"),
    path("items/", public.items, name="items"),
    path("items/<str:code>/", public.guide, name="guide"),
    path("items/<str:code>/notice/", public.notice, name="notice"),
    path("progress/", public.progress, name="progress"),
    path("progress/result/", public.result, name="result"),
    path("progress/card/", public.by_card, name="by-card"),
    path("tickets/", ticket.tickets, name="tickets"),
    path("tickets/check-in/", ticket.check_in, name="check-in"),
    path("tickets/slip/", ticket.slip, name="slip"),
    path("tickets/take/<slug:group>/", ticket.take, name="take"),
    path("videos/", public.videos, name="videos"),
    path("videos/<int:video_id>/", public.video, name="video"),
    path("videos/<int:video_id>/file.mp4", public.video_file, name="video-file"),
    path("card/<slug:purpose>/", person.card, name="card"),
    path("confirm/", person.confirm, name="confirm"),
    path("confirm/code/", person.send_code, name="confirm-code"),
    path("mine/", person.mine, name="mine"),
    path("mine/<str:case_no>/", person.case_page, name="case"),
    path("apply/<str:code>/", person.apply, name="apply"),
    path("print/<slug:kind>/<str:reference>/", printing.preview, name="print"),
    path("print/<slug:kind>/<str:reference>/<int:page>.png", printing.sheet, name="sheet"),
    path("print/<slug:kind>/<str:reference>/log/", printing.log, name="print-log"),
]
