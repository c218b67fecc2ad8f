"""指标（standards §3.7）。有效评价 = 全部 − 认定误评或恶意 − 测试件；默认评价是否计入由省口径定，所以每个率都有两套。"""

from collections.abc import Mapping
from dataclasses import dataclass

from shilong.service.insight.rules import rate
from shilong.service.ratings.rules.scores import BAD, GOOD, LEVELS

COLUMNS = ("due", *(f"a{level}" for level in LEVELS), *(f"d{level}" for level in LEVELS), "named", "excluded")


@dataclass(frozen=True, slots=True)
class Scores:
    """一组计数算出的指标。`active` 口径只算主动评价，`whole` 口径连默认评价。"""

    counts: Mapping[str, int]

    @property
    def due(self) -> int:
        """应评服务数。"""
        return self.counts["due"]

    @property
    def named(self) -> int:
        """实名差评数。"""
        return self.counts["named"]

    @property
    def excluded(self) -> int:
        """认定不计入的评价数。"""
        return self.counts["excluded"]

    def level(self, level: int) -> int:
        """某一级的主动评价数。"""
        return self.counts[f"a{level}"]

    @property
    def levels(self) -> list[tuple[int, int, int]]:
        """各级：（级别，主动评价数，默认评价数）。"""
        return [(level, self.counts[f"a{level}"], self.counts[f"d{level}"]) for level in LEVELS]

    @property
    def active(self) -> int:
        """主动评价数。"""
        return sum(self.counts[f"a{level}"] for level in LEVELS)

    @property
    def defaults(self) -> int:
        """默认评价数。"""
        return sum(self.counts[f"d{level}"] for level in LEVELS)

    @property
    def bad(self) -> int:
        """有效差评数（主动）。"""
        return sum(self.counts[f"a{level}"] for level in BAD)

    @property
    def active_rate(self) -> float | None:
        """主动评价率 = 非默认评价数 ÷ 应评服务数。"""
        return rate(self.active, self.due)

    @property
    def good_rate(self) -> float | None:
        """好评率（主动口径）= 3 级及以上有效评价 ÷ 有效评价。"""
        return rate(self.active - self.bad, self.active)

    @property
    def good_rate_whole(self) -> float | None:
        """好评率（含默认口径）。"""
        whole = self.active + self.defaults
        good = sum(self.counts[f"a{level}"] + self.counts[f"d{level}"] for level in LEVELS if level >= GOOD)
        return rate(good, whole)

    @property
    def bad_rate(self) -> float | None:
        """差评率（主动口径）。"""
        return rate(self.bad, self.active)

    @property
    def bad_rate_whole(self) -> float | None:
        """差评率（含默认口径）。"""
        whole = self.active + self.defaults
        return rate(self.bad + sum(self.counts[f"d{level}"] for level in BAD), whole)

    @property
    def named_rate(self) -> float | None:
        """实名差评率 = 实名差评 ÷ 差评。"""
        return rate(self.named, self.bad)

    @property
    def average(self) -> float | None:
        """主动评价平均分，5 分制。"""
        total = sum(level * self.counts[f"a{level}"] for level in LEVELS)
        return round(total / self.active, 2) if self.active else None


@dataclass(frozen=True, slots=True)
class Handling:
    """整改指标的分子分母。"""

    named: int
    contacted_in_time: int
    to_rectify: int
    rectified_in_time: int
    to_visit: int
    visited_well: int

    @property
    def contact_rate(self) -> float | None:
        """按期核实率 = 1 个工作日内核实数 ÷ 实名差评。"""
        return rate(self.contacted_in_time, self.named)

    @property
    def rectify_rate(self) -> float | None:
        """按期整改率 = 限期内整改完结 ÷ 应整改。"""
        return rate(self.rectified_in_time, self.to_rectify)

    @property
    def visit_rate(self) -> float | None:
        """回访整改率 = 已回访且满意或认可 ÷ 应回访。"""
        return rate(self.visited_well, self.to_visit)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """一条提升建议：哪个事项的哪个标签拉低多少分。"""

    item_code: str
    tag: str
    count: int
    points: float  # 拉低的平均分，5 分制


def suggestions(scores: Mapping[str, Scores], losses: Mapping[tuple[str, str], tuple[int, int]], *, least: int = 3) -> list[Suggestion]:
    """由数据得出的提升建议，拉低最多的在前。

    一条评价丢的分（5 − 级别）平摊给它勾的标签；某标签丢的分合计 ÷ 该事项主动评价数，就是它把平均分拉低了多少。

    参数：
        scores: 事项 → 指标。
        losses: （事项，标签）→（出现次数，丢的分合计，百分之一分）。
        least: 少于几次的标签不提，免得一两个人左右结论。
    """
    found = [
        Suggestion(item, tag, count, round(loss / 100 / scores[item].active, 2))
        for (item, tag), (count, loss) in losses.items()
        if count >= least and loss > 0 and item in scores and scores[item].active
    ]
    return sorted(found, key=lambda one: (-one.points, one.item_code, one.tag))


def shares(level: int, tags: list[str]) -> dict[str, int]:
    """一条评价丢的分摊到各标签，百分之一分；四舍五入的零头不追究。"""
    return {tag: round((5 - level) * 100 / len(tags)) for tag in tags}
