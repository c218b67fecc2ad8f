"""大厅终端的地址；由 `console.urls` 引入，前缀 `/console/`。"""

from django.urls import path

from shilong.web.console import terminals_faults_views as faults
from shilong.web.console import terminals_stats_views as stats
from shilong.web.console import terminals_views as views

urlpatterns = [
    path("terminals/", views.terminals, name="terminals"),
    path("terminals/new/", views.new, name="terminal-new"),
    path("terminals/push/", views.push, name="terminal-push"),
    path("terminals/faults/", faults.faults, name="terminal-faults"),
    path("terminals/faults/new/", faults.new, name="terminal-fault-new"),
    path("terminals/faults/<slug:number>/", faults.fault, name="terminal-fault"),
    path("terminals/faults/<slug:number>/assign/", faults.assign, name="terminal-fault-assign"),
    path("terminals/faults/<slug:number>/<slug:step>/", faults.move, name="terminal-fault-move"),
    path("terminals/usage/", stats.usage, name="terminal-usage"),
    path("terminals/prints/", stats.prints, name="terminal-prints"),
    path("terminals/videos/", stats.videos, name="terminal-videos"),
    path("terminals/videos/<int:video_id>/remove/", stats.remove_video, name="terminal-video-remove"),
    path("terminals/shots/<uuid:shot_id>.png", views.shot, name="terminal-shot"),
    path("terminals/<slug:number>/", views.terminal, name="terminal"),
    path("terminals/<slug:number>/edit/", views.edit, name="terminal-edit"),
    path("terminals/<slug:number>/<slug:step>/", views.step, name="terminal-step"),
]
