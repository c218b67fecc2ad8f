"""读实名核验记录。"""

from dataclasses import dataclass
from datetime import datetime

from shilong.identity.realname import rules
from shilong.identity.realname.models import Verification


@dataclass(frozen=True, slots=True)
class VerificationView:
    """一次核验。"""

    before: str
    level: str
    method: str
    at: datetime


def history(account_id: int) -> list[VerificationView]:
    """某账号的核验记录，新的在前。"""
    rows = Verification.objects.filter(account_id=account_id)
    return [
        VerificationView(rules.LEVELS[row.before], rules.LEVELS[row.level], rules.METHODS.get(row.method, row.method), row.at)
        for row in rows
    ]
