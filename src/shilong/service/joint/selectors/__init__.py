"""一件事的读。"""

from shilong.service.joint.selectors.bundles import BundleRow, BundleView, bundle, is_bundle, listing, mine, of_case
from shilong.service.joint.selectors.notices import batch, batches, for_enterprise, prompt_counts, prompts, rules
from shilong.service.joint.selectors.stats import StatsView, stats
from shilong.service.joint.selectors.themes import Plan, ThemeBrief, ThemeView, design, item_choices, plan, published, theme
from shilong.service.joint.selectors.themes import rows as theme_rows

__all__ = [
    "BundleRow",
    "BundleView",
    "Plan",
    "StatsView",
    "ThemeBrief",
    "ThemeView",
    "batch",
    "batches",
    "bundle",
    "design",
    "for_enterprise",
    "is_bundle",
    "item_choices",
    "listing",
    "mine",
    "of_case",
    "plan",
    "prompt_counts",
    "prompts",
    "published",
    "rules",
    "stats",
    "theme",
    "theme_rows",
]
