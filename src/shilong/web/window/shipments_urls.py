"""寄递工作台的地址，由 `window.urls` 引入。"""

from django.urls import path

from shilong.web.window import shipments

urlpatterns = [
    path("", shipments.listing, name="shipments"),
    path("export.xlsx", shipments.export, name="shipments-export"),
    path("fees.xlsx", shipments.fees_export, name="shipments-fees"),
    path("<str:number>/", shipments.detail, name="shipment"),
    path("<str:number>/label.pdf", shipments.label, name="shipment-label"),
    path("<str:number>/reveal/", shipments.reveal, name="shipment-reveal"),
    path("<str:number>/<slug:step>/", shipments.act, name="shipment-act"),
]
