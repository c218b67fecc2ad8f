"""事项搜索：内存索引。字与拼音音节二元组（错字、同音）、首字母、全拼、同义词、口语停用词。

做法与取舍见架构 §5.5：同一组 52 条查询上，它全部命中，库内全文检索命中 41–50。
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from threading import Lock

from rapidfuzz import fuzz, process

from shilong.service.catalog.snapshot import Snapshot, current

# 口语里不带信息的词；长的在前，免得“办理”先被“办”拆开
STOP = (
    "在哪里",
    "我想要",
    "我想",
    "我要",
    "怎么",
    "如何",
    "哪里",
    "什么",
    "需要",
    "申请",
    "办理",
    "证件",
    "材料",
    "流程",
    "帮我",
    "一下",
    "办",
    "要",
    "给",
    "领",
    "的",
    "吗",
    "呢",
    "？",
    "?",
    "，",
    ",",
    "。",
)
_LATIN = re.compile(r"^[a-z ]+$")
_NOISE = re.compile(r"[（）()、，,。·\s]")
LENGTH_PENALTY = 0.02  # 同样命中时短名字优先
QUERY_MAX = 60
SYNONYM_TOP = 12  # 按首字母或全拼认出一条同义词，与名字里含有这串首字母相当
RELEVANCE = 0.3  # 得分不到最高分三成的只是碰巧同字


@dataclass(frozen=True, slots=True)
class Hit:
    """一条命中；`score` 只在同一次搜索里可比。"""

    code: str
    name: str
    score: float


def _grams(text: str) -> set[str]:
    """单字与字二元组。"""
    text = _NOISE.sub("", text)
    return {text[i : i + 2] for i in range(len(text) - 1)} | set(text)


def _syllables(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # 拼音词典要读 0.2 秒：用到才读，不拖慢每个进程的启动

    return lazy_pinyin(_NOISE.sub("", text))


def spelled(text: str) -> str:
    """带音节边界的全拼，“低保”为“ di bao ”；判断一段话里有没有同音的词。"""
    return f" {' '.join(_syllables(text))} "


class _Synonym:
    """一条同义词；`initials` 是首字母，`pinyin` 是全拼，`sounds` 带音节边界。"""

    __slots__ = ("initials", "pinyin", "sounds", "targets", "term")

    def __init__(self, term: str, targets: tuple[str, ...]) -> None:
        syllables = _syllables(term)
        self.term, self.targets = term, targets
        self.initials = "".join(part[0] for part in syllables if part)
        self.pinyin, self.sounds = "".join(syllables), spelled(term)


class SearchIndex:
    """一次建好、只读的索引。"""

    def __init__(self, entries: Iterable[tuple[str, str]], synonyms: Mapping[str, str]) -> None:
        """`entries` 是 (编码, 名称)；`synonyms` 是 群众的说法 → 空格分隔的事项用词。"""
        self._entries = list(entries)
        self._synonyms = [_Synonym(term.lower(), tuple(targets.split())) for term, targets in synonyms.items()]
        self._pinyin: list[str] = []
        self._initials: list[str] = []
        chars: dict[str, list[int]] = defaultdict(list)
        sounds: dict[tuple[str, str], list[int]] = defaultdict(list)
        for position, (_, name) in enumerate(self._entries):
            syllables = _syllables(name)
            self._pinyin.append("".join(syllables))
            self._initials.append("".join(part[0] for part in syllables if part))
            for gram in _grams(name):
                chars[gram].append(position)
            for pair in set(pairwise(syllables)):
                sounds[pair].append(position)
        total = len(self._entries)
        self._chars = {gram: (math.log(1 + total / len(rows)) * (1 if len(gram) == 2 else 0.25), rows) for gram, rows in chars.items()}
        self._sounds = {pair: (math.log(1 + total / len(rows)) * 0.6, rows) for pair, rows in sounds.items()}
        self._penalty = [1 + LENGTH_PENALTY * len(name) for _, name in self._entries]

    def search(self, query: str, limit: int = 20) -> list[Hit]:
        """按相关度返回命中；没有命中返回空表。"""
        query = query.lower().strip()[:QUERY_MAX]
        if not query:
            return []
        scores = self._by_latin(query.replace(" ", "")) if _LATIN.match(query) else {}
        if not scores:
            scores = self._by_text(query)
        ranked = sorted(((score / self._penalty[i], i) for i, score in scores.items()), reverse=True)
        floor = ranked[0][0] * RELEVANCE if ranked else 0
        return [Hit(*self._entries[i], score=score) for score, i in ranked[:limit] if score >= floor]

    def _by_latin(self, text: str) -> dict[int, float]:
        """首字母与全拼：包含即命中，开头更优；都不中再按拼写相近找。"""
        scores: dict[int, float] = defaultdict(float)
        for i, (initials, pinyin) in enumerate(zip(self._initials, self._pinyin, strict=True)):
            if text in initials:
                scores[i] += 15 if initials.startswith(text) else 10
            if text in pinyin:
                scores[i] += 17 if pinyin.startswith(text) else 12
        exact = [one for one in self._synonyms if text in (one.initials, one.pinyin)]
        if not scores and not exact and len(text) >= 3:
            exact = [one for one in self._synonyms if one.initials.startswith(text) or (len(text) >= 4 and one.pinyin.startswith(text))]
        for i, score in self._targets(exact).items():
            scores[i] += score * SYNONYM_TOP
        if not scores and len(text) >= 4:
            for _, score, i in process.extract(text, self._pinyin, scorer=fuzz.partial_ratio, limit=40, score_cutoff=75):
                scores[i] += score / 20
        return scores

    def _by_text(self, query: str) -> dict[int, float]:
        scores: dict[int, float] = defaultdict(float)
        plain = query
        for word in STOP:
            plain = plain.replace(word, " ")
        self._add(plain.replace(" ", "") or query, 1.0, scores)
        self._add_targets([one for one in self._synonyms if one.term in query], scores)
        if not scores:  # 一个字也没对上：说法里可能有同音的错字
            sounds = spelled(query)
            self._add_targets([one for one in self._synonyms if one.sounds in sounds], scores)
        return scores

    def _add_targets(self, synonyms: Iterable[_Synonym], scores: dict[int, float]) -> None:
        for target in (target for one in synonyms for target in one.targets):
            self._add(target, 0.8, scores)

    def _targets(self, synonyms: Iterable[_Synonym]) -> dict[int, float]:
        """同义词指向的事项，最像的记 1：首字母的分值小得多，不折算会把按名字命中的挤掉。"""
        found: dict[int, float] = defaultdict(float)
        self._add_targets(synonyms, found)
        best = max(found.values(), default=1.0)
        return {i: score / best for i, score in found.items()}

    def _add(self, text: str, weight: float, scores: dict[int, float]) -> None:
        """二元组与音节对定谁命中，单字只给命中的加分：只碰巧同一个字的不算（“上户口”不该搜出“个体工商户”）。"""
        grams = _grams(text)
        found: dict[int, float] = defaultdict(float)
        for gram in grams:
            if len(gram) == 2:
                self._count(self._chars.get(gram), found)
        for pair in set(pairwise(_syllables(text))):
            self._count(self._sounds.get(pair), found)
        singles = {gram for gram in grams if len(gram) == 1}
        alone = len(singles) == 1  # 只有一个字的查询只能按单字找
        for gram in singles:
            value, rows = self._chars.get(gram, (0.0, ()))
            for i in rows:
                if alone or i in found:
                    found[i] += value
        for i, value in found.items():
            scores[i] += value * weight

    @staticmethod
    def _count(posting: tuple[float, Iterable[int]] | None, found: dict[int, float]) -> None:
        value, rows = posting or (0.0, ())
        for i in rows:
            found[i] += value


_lock = Lock()
_built: tuple[str, SearchIndex] | None = None


def index() -> SearchIndex:
    """现行目录的索引；目录版本标记变了就重建。"""
    global _built
    snapshot = current()
    if _built is None or _built[0] != snapshot.token:
        with _lock:
            _built = (snapshot.token, build(snapshot))
    return _built[1]


def build(snapshot: Snapshot) -> SearchIndex:
    """由快照建索引。"""
    return SearchIndex(((brief.code, brief.name) for brief in snapshot.briefs), snapshot.synonyms)
