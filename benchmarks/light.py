"""不靠大数据的场景：页面、搜索、首屏传输量、文书、国密。"""

import gzip
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.test import Client

from benchmarks.engine import ONLY, Report
from benchmarks.world import Scene
from shilong.foundation.documents import rules, typesetting
from shilong.foundation.gm import secretbox, sm3
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.search import SearchIndex

QUERIES = (
    "开饭店",
    "身份证",
    "jiehun",
    "kcjy",
    "道路运输",
    "护士变更",
    "公共场所卫生",
    "残疾人补贴",
    "建筑工地",
    "养老",
    "学校",
    "营业直照",
)
PLACES = ("人民路", "龙河", "高庄", "南顾庄", "捞饭店", "夏庄", "青石山", "梁洼")


def run(report: Report, scene: Scene) -> None:
    pages(report, scene)
    search(report)
    first_screen(report)
    documents(report)
    block, form = os.urandom(1 << 20), os.urandom(2048)
    report.p95("国密 SM3 一兆字节", lambda: sm3(block))
    report.p95("国密 SM4-GCM 加解密一张表单（2 KB）", lambda: secretbox.open_(secretbox.seal(form)))


def pages(report: Report, scene: Scene) -> None:
    client = Client()
    for name, path in (
        ("门户首页", "/"),
        ("事项列表页", "/items/"),
        ("办事指南页", f"/items/{scene.item_code}/"),
        ("事项列表接口", "/api/v1/items"),
        ("办事指南接口", f"/api/v1/items/{scene.item_code}"),
    ):
        report.p95(name, lambda path=path: opened(client, path))


def opened(client: Client, path: str) -> None:
    """取一页；不是 200 就停：量出来的数没有意义。"""
    response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} 返回 {response.status_code}")


def search(report: Report) -> None:
    """真实事项名加地名凑到 5,000 项，轮流查 12 种说法（错字、拼音、首字母、口语）。"""
    names = [(brief.code, brief.name) for brief in catalog.published(size=100)]
    entries = [
        (f"{code}-{n}", f"{PLACES[n % len(PLACES)]}{n // len(PLACES)}{name}") for n in range(5000 // len(names) + 1) for code, name in names
    ]
    index = SearchIndex(entries[:5000], {"开饭店": "食品经营"})
    turn = iter(int, 1)
    position = [0]

    def ask() -> None:
        next(turn)
        position[0] += 1
        index.search(QUERIES[position[0] % len(QUERIES)], 20)

    report.p95("事项搜索（5,000 项）", ask, most=3)


def first_screen(report: Report) -> None:
    """首页 html、css、js 压缩后的字节数；不含图片。"""
    name = "首页首屏传输（gzip，html+css+js）"
    if ONLY not in name:
        return
    page = Client().get("/").content
    total = len(gzip.compress(page))
    for path in set(re.findall(rb'(?:href|src)="/static/([^"]+\.(?:css|js))"', page)):
        total += len(gzip.compress((Path(settings.STATIC_ROOT) / path.decode()).read_bytes()))
    report.add(name, total / 1024, "KB", most=60)


def documents(report: Report) -> None:
    facts = {
        "number": "石龙〔2026〕第000001号",
        "issuer": "平顶山市石龙区某局",
        "subject": "1",
        "issued_on": "2026年11月24日",
        "law": "",
        "permit": "1",
        "remedy": rules.remedy(),
        "verify_code": "A" * 16,
        "verify_url": "http://127.0.0.1/verify/A/",
        "materials": [{"name": f"材料{n}"} for n in range(10)],
        "items": [],
        "events": [],
    }
    at = datetime(2026, 11, 24, tzinfo=UTC)
    for kind in ("acceptance", "deny", "register"):
        title = rules.KINDS[kind].name
        report.p95(f"文书渲染：{title}", lambda kind=kind, title=title: typesetting.compile_pdf(kind, {**facts, "title": title}, at=at))
