"""大厅、号源、预约与统计的地址，由 `console.urls` 引入。"""

from django.urls import path

from shilong.web.console import booking_views, halls_views, waiting_views

urlpatterns = [
    path("halls/", halls_views.halls, name="halls"),
    path("halls/save/<slug:kind>/", halls_views.save, name="hall-save"),
    path("halls/<slug:key>/revoke/", halls_views.revoke, name="hall-revoke"),
    path("hall-rules/", halls_views.rules, name="hall-rules"),
    path("slots/", booking_views.templates, name="slots"),
    path("slots/<int:pk>/", booking_views.templates, name="slot-template"),
    path("slots/supply/", booking_views.supply, name="slot-supply"),
    path("slots/closures/", booking_views.closures, name="slot-closures"),
    path("slots/closures/<int:pk>/reopen/", booking_views.reopen, name="slot-reopen"),
    path("bookings/", booking_views.bookings, name="bookings"),
    path("bookings/blocked/", booking_views.blocked, name="blocked"),
    path("bookings/blocked/lift/", booking_views.lift, name="blocked-lift"),
    path("waiting/", waiting_views.statistics, name="waiting"),
    path("waiting/export.xlsx", waiting_views.export, name="waiting-export"),
]
