"""综合窗口的地址。"""

from django.urls import path

from shilong.web.window import intake, queue_views, views

app_name = "window"
urlpatterns = [
    path("", views.bench, name="bench"),
    path("export.xlsx", views.bench_export, name="export"),
    path("cases/<str:case_no>/", views.case, name="case"),
    path("deliveries/", views.deliveries, name="deliveries"),
    path("corrections/", views.corrections, name="corrections"),
    path("warnings/", views.warnings, name="warnings"),
    path("search/", views.search, name="search"),
    path("search/export.xlsx", views.search_export, name="search-export"),
    path("shift/", views.shift, name="shift"),
    path("shift/export.xlsx", views.shift_export, name="shift-export"),
    path("queue/", queue_views.bench, name="queue"),
    path("queue/next/", queue_views.call_next, name="queue-next"),
    path("queue/check-in/", queue_views.check_in, name="queue-check-in"),
    path("queue/pause/", queue_views.pause, name="queue-pause"),
    path("queue/<uuid:uid>/<slug:action>/", queue_views.act, name="queue-act"),
    path("new/", intake.pick, name="new"),
    path("new/done/<str:case_no>/", intake.done, name="new-done"),
    path("new/d/<uuid:draft_id>/", intake.fill, name="new-fill"),
    path("new/d/<uuid:draft_id>/situation/", intake.situation, name="new-situation"),
    path("new/d/<uuid:draft_id>/papers/", intake.papers, name="new-papers"),
    path("new/d/<uuid:draft_id>/discard/", intake.discard, name="new-discard"),
    path("new/d/<uuid:draft_id>/m/<str:code>/<slug:action>/", intake.material, name="new-material"),
    path("new/<str:item_code>/", intake.applicant, name="new-applicant"),
]
