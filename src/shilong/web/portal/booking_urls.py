"""预约的地址，由 `portal.urls` 引入。"""

from django.urls import path

from shilong.web.portal import booking_views as views

urlpatterns = [
    path("book/<str:code>/", views.book, name="book"),
    path("q/<uuid:uid>/", views.queue, name="queue"),
    path("q/<uuid:uid>/abandon/", views.abandon, name="queue-abandon"),
    path("me/bookings/", views.listing, name="bookings"),
    path("me/bookings/<str:number>/", views.detail, name="booking"),
    path("me/bookings/<str:number>/change/", views.change, name="booking-change"),
    path("me/bookings/<str:number>/cancel/", views.cancel, name="booking-cancel"),
]
