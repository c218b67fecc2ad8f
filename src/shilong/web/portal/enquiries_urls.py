"""咨询投诉的地址：我的、提交、公开选登。"""

from django.urls import path

from shilong.web.portal import enquiries_views as views

urlpatterns = [
    path("enquiries/", views.public, name="enquiries-public"),
    path("me/enquiries/", views.listing, name="enquiries"),
    path("me/enquiries/new/", views.new, name="enquiry-new"),
    path("me/enquiries/<str:number>/", views.detail, name="enquiry"),
    path("me/enquiries/<str:number>/files/<uuid:file_id>/", views.media, name="enquiry-file"),
    path("me/enquiries/<str:number>/<slug:step>/", views.advance, name="enquiry-step"),
]
