"""预约规则的读取；没有设置过时用缺省值。"""

from dataclasses import fields

from shilong.service.booking.models import BookingPolicy
from shilong.service.booking.rules import Limits

NAMES = tuple(field.name for field in fields(Limits))


def current() -> Limits:
    """现行规则。"""
    row = BookingPolicy.objects.filter(pk=1).values(*NAMES).first()
    return Limits(**row) if row else Limits()
