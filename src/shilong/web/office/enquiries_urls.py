"""咨询投诉处理的地址。"""

from django.urls import path

from shilong.web.office import enquiries_views as views

urlpatterns = [
    path("enquiries/", views.listing, name="enquiries"),
    path("enquiries/export.xlsx", views.export, name="enquiries-export"),
    path("enquiries/<str:number>/", views.detail, name="enquiry"),
    path("enquiries/<str:number>/reveal/", views.reveal, name="enquiry-reveal"),
    path("enquiries/<str:number>/<slug:step>/", views.advance, name="enquiry-step"),
]
