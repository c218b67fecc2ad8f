"""读账号：谁在操作、申请人档案、给人看的资料。"""

from shilong.identity.accounts.selectors.core import (
    ApplicantProfile,
    account_by_id_no,
    active_agencies,
    actor_for,
    actor_of,
    agencies,
    agent_may,
    applicant,
    covers,
    has_demo_accounts,
    principals,
    require_agent_may,
)
from shilong.identity.accounts.selectors.views import (
    AccountSummary,
    AgencyView,
    Letter,
    account,
    agency_letter,
    agency_views,
    search,
    summary,
)

__all__ = [
    "AccountSummary",
    "AgencyView",
    "ApplicantProfile",
    "Letter",
    "account",
    "account_by_id_no",
    "active_agencies",
    "actor_for",
    "actor_of",
    "agencies",
    "agency_letter",
    "agency_views",
    "agent_may",
    "applicant",
    "covers",
    "has_demo_accounts",
    "principals",
    "require_agent_may",
    "search",
    "summary",
]
