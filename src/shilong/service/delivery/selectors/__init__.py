"""寄递的读。"""

from shilong.service.delivery.selectors.applicant import (
    AddressRow,
    ChoiceView,
    Progress,
    address,
    addresses,
    case_shipments,
    choice,
    choices_for,
    form_choice,
    progress,
    slots,
)
from shilong.service.delivery.selectors.desk import (
    counts,
    couriers,
    export,
    fees,
    listing,
    shipment,
)
from shilong.service.delivery.selectors.views import Row, ShipmentView, TrackRow

__all__ = [
    "AddressRow",
    "ChoiceView",
    "Progress",
    "Row",
    "ShipmentView",
    "TrackRow",
    "address",
    "addresses",
    "case_shipments",
    "choice",
    "choices_for",
    "counts",
    "couriers",
    "export",
    "fees",
    "form_choice",
    "listing",
    "progress",
    "shipment",
    "slots",
]
