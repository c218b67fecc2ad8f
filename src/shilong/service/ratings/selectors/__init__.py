"""好差评的读。"""

from shilong.service.ratings.selectors.mine import CaseRatings, NodeView, case_ratings, pending, service_by_link
from shilong.service.ratings.selectors.public import ItemSummary, PublicRow, item_summary, public_page, public_totals
from shilong.service.ratings.selectors.screen import Prompt, next_prompt, terminals
from shilong.service.ratings.selectors.work import RatingRow, TicketRow, TicketView, ratings, ticket, ticket_counts, tickets

__all__ = [
    "CaseRatings",
    "ItemSummary",
    "NodeView",
    "Prompt",
    "PublicRow",
    "RatingRow",
    "TicketRow",
    "TicketView",
    "case_ratings",
    "item_summary",
    "next_prompt",
    "pending",
    "public_page",
    "public_totals",
    "ratings",
    "service_by_link",
    "terminals",
    "ticket",
    "ticket_counts",
    "tickets",
]
