"""收件地址与领取、物流的地址，由 `portal.urls` 引入。"""

from django.urls import path

from shilong.web.portal import delivery_views

urlpatterns = [
    path("me/addresses/", delivery_views.addresses, name="addresses"),
    path("me/addresses/<uuid:uid>/", delivery_views.address, name="address"),
    path("me/addresses/<uuid:uid>/default/", delivery_views.address_default, name="address-default"),
    path("me/addresses/<uuid:uid>/remove/", delivery_views.address_remove, name="address-remove"),
    path("me/cases/<str:case_no>/delivery/", delivery_views.case_delivery, name="case-delivery"),
    path("me/cases/<str:case_no>/delivery/pickup/", delivery_views.pickup, name="case-pickup"),
    path("me/cases/<str:case_no>/delivery/<str:number>/", delivery_views.to_case, name="case-shipment"),
    path("me/cases/<str:case_no>/delivery/<str:number>/confirm/", delivery_views.confirm, name="shipment-confirm"),
    path("me/cases/<str:case_no>/delivery/<str:number>/cancel/", delivery_views.cancel, name="shipment-cancel"),
]
