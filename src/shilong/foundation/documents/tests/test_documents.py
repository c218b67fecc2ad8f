"""文书：每一种都能排出来；内容只是文字；同一份永远一样。"""

import json
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from django.utils import timezone

from shilong.foundation.documents import rules, selectors, services, tasks, typesetting
from shilong.foundation.documents.models import Document
from shilong.foundation.files import blobs
from shilong.foundation.gm import sm3

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02")]
AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
FULL = {
    "applicant": "测试甲",
    "item_name": "公共场所卫生许可",
    "case_no": "4104042611240011000017",
    "submitted_at": AT - timedelta(days=4),
    "accepted_at": AT,
    "promise_due": datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC),
    "materials": [{"name": "卫生许可申请书", "copies": 1, "note": "原件"}, "营业执照"],
    "items": [{"material": "平面图", "problem": "未标注面积", "basis": "实施细则第二十二条"}],
    "reason": "营业场所无独立消毒间。\n不符合规定条件。",
    "clerk": "李窗口",
}


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA = tmp_path


def issue(kind="acceptance", **changes):
    context = {**FULL, **changes}
    return services.issue(
        kind, subject="4104042611240011000017", context=context, issuer="平顶山市石龙区卫生健康委员会", department="wjw", issued_at=AT
    )


def archive_of():
    return next((services.settings.DATA / "documents").rglob("*.pdf"))


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    joined = "".join(page.get_textpage().get_text_bounded() for page in document)
    return "".join(joined.split())


@pytest.mark.parametrize("kind", list(rules.KINDS))
def test_every_kind_is_set_with_its_title_number_and_code(kind):
    document = issue(kind)
    text = text_of(services.render(document.number))
    title = "容缺受理承诺书" if kind == "promise" else document.title
    assert title in text
    assert document.number in text
    assert document.verify_code in text
    assert "公共场所卫生许可" in text
    assert "2026年11月24日" in text


@pytest.mark.parametrize("kind", list(rules.KINDS))
def test_missing_facts_leave_blanks_instead_of_failing(kind):
    document = services.issue(kind, subject="x", context={}, issuer="石龙区某局", department="wjw")
    assert "石龙区某局" in text_of(services.render(document.number))


@pytest.mark.parametrize("kind", ["rejection", "deny"])
def test_refusal_states_reason_and_remedies(kind):
    text = text_of(services.render(issue(kind).number))
    assert "营业场所无独立消毒间" in text
    for phrase in ("六十日内", "行政复议法》第二十条", "六个月内", "行政诉讼法》第四十六条", "平顶山市石龙区人民政府"):
        assert phrase in text


@pytest.mark.parametrize(
    ("kind", "article"),
    [
        ("acceptance", "第三十二条第一款第（五）项"),
        ("correction", "第三十二条第一款第（四）项"),
        ("deny", "第三十八条第二款"),
        ("special", "第四十五条"),
        ("extension", "第四十二条第一款"),
    ],
)
def test_permit_documents_cite_the_article(kind, article):
    assert article in text_of(services.render(issue(kind).number))


@pytest.mark.parametrize("kind", list(rules.KINDS))
def test_other_item_types_never_cite_the_permit_law(kind):
    document = issue(kind, task_type="07", basis="《社会救助暂行办法》第十条")
    text = text_of(services.render(document.number))
    assert "行政许可" not in text
    assert document.title == rules.KINDS[kind].name


@pytest.mark.req("W06")
def test_correction_lists_every_item_once():
    items = [{"material": f"材料{n}", "problem": f"问题{n}", "basis": "依据"} for n in range(1, 41)]
    text = text_of(services.render(issue("correction", items=items).number))
    assert all(text.count(f"问题{n}依据") == 1 for n in range(1, 41))


@pytest.mark.parametrize(
    ("kind", "facts", "phrase"),
    [
        ("correction", {"deadline": AT}, "请于2026年11月24日10:30前补正"),
        ("rejection", {"apply_to": "区水利局"}, "请向区水利局提出申请"),
        ("extension", {"days": 10}, "办理期限延长10个工作日"),
        ("special", {"special_name": "听证", "basis": "行政许可法第四十六条", "days": 20}, "法律依据行政许可法第四十六条"),
        ("special", {"pauses": False}, "计算在办理期限内，办理期限不变"),
        ("special", {"pauses": True}, "不计算在办理期限内；程序结束后"),
        ("delivery", {"delivery_way": "窗口领取", "signed_at": AT}, "送达方式窗口领取"),
        ("register", {"events": [{"at": AT, "name": "受理", "who": "李窗口", "note": "齐全"}]}, "受理李窗口齐全"),
        ("promise", {"items": [{"material": "平面图", "deadline": "2026-12-01"}]}, "1平面图2026年12月1日"),
        ("promise", {"items": [], "opinion": "申请人已知悉违诺后果。"}, "申请人已知悉违诺后果。"),
    ],
)
def test_facts_in_the_words_of_the_case_engine(kind, facts, phrase):
    assert phrase in text_of(services.render(issue(kind, **facts).number))


def test_long_reason_flows_onto_more_pages():
    pdf = services.render(issue("deny", reason="该场所不具备法定条件。" * 400).number)
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) > 2
    assert "第1页" in "".join(document[0].get_textpage().get_text_bounded().split())
    assert text_of(pdf).count("该场所不具备法定条件。") > 390  # 换页处的页脚可能插进某一句中间


@pytest.mark.parametrize(
    "text", ["#panic(1)", "$x^2", "\\alpha", '#include "/etc/passwd"', "*粗_斜_[方]<标>@引", '"引号"与`反引`', "{{花}}"]
)
def test_markup_in_facts_is_only_text(text):
    document = issue("deny", applicant=text, item_name=text, reason=text, clerk=text)
    assert "".join(text.split()) in text_of(services.render(document.number))


@pytest.mark.parametrize("name", ["㛃䶮", "𠮷野", "喆囍", "买买提·吐尔逊", "𰻞", "a\x00b\x1bc", "甲" * 200])
def test_rare_and_odd_characters_do_not_break_the_document(name):
    pdf = services.render(issue(applicant=name).number)
    assert pdf.startswith(b"%PDF")


def test_rare_han_characters_are_drawn():
    assert "㛃䶮" in text_of(services.render(issue(applicant="㛃䶮").number))


def test_rendering_again_gives_the_same_bytes():
    number = issue().number
    first = services.render(number)
    for archive in (services.settings.DATA / "documents").rglob("*.pdf"):
        archive.unlink()
    assert services.render(number) == first == services.render(number)


def test_tampered_archive_is_not_served():
    number = issue().number
    services.render(number)
    archive = next((services.settings.DATA / "documents").rglob("*.pdf"))
    archive.write_bytes(archive.read_bytes() + b"x")
    with pytest.raises(services.DocumentTampered):
        services.render(number)


def test_archive_on_disk_is_ciphertext_and_the_digest_is_of_the_pdf():
    document = issue()
    pdf = services.render(document.number)
    raw = archive_of().read_bytes()
    assert b"%PDF" not in raw
    assert pdf[:64] not in raw
    assert Document.objects.get().digest == sm3(pdf).hex()


def test_plain_archive_of_an_older_release_is_served_and_sealed_at_night():
    number = issue().number
    pdf = services.render(number)
    archive_of().write_bytes(pdf)
    assert services.render(number) == pdf
    tasks.seal_plain_archives()
    assert b"%PDF" not in archive_of().read_bytes()
    assert services.seal_plain_archives() == 0
    assert services.render(number) == pdf


def test_tampered_plain_archive_is_not_served():
    number = issue().number
    pdf = services.render(number)
    archive_of().write_bytes(pdf + b"x")
    with pytest.raises(services.DocumentTampered):
        services.render(number)


def test_first_archive_wins(tmp_path):
    target = tmp_path / "one"
    blobs.write_once(target, b"first")
    blobs.write_once(target, b"second")
    assert blobs.read(target) == b"first"
    assert [found.name for found in tmp_path.iterdir() if found.is_file()] == ["one"]


def test_issue_inserts_one_row_and_does_not_typeset(monkeypatch):
    monkeypatch.setattr(typesetting, "compile_pdf", lambda *a, **k: pytest.fail("签发时不应排版"))
    document = issue()
    assert Document.objects.count() == 1
    assert document.issued_at == AT
    assert [one.number for one in selectors.for_subject("4104042611240011000017")] == [document.number]


def test_personal_facts_are_encrypted_at_rest():
    from django.db import connection

    issue(id_no="410404190001010010")
    with connection.cursor() as cursor:
        cursor.execute("SELECT context FROM documents_document")
        stored = cursor.fetchone()[0]
    assert "410404190001010010" not in stored
    assert "测试甲" not in stored
    assert json.loads(Document.objects.get().context)["id_no"] == "410404190001010010"


def test_render_job_is_repeatable():
    number = issue().number
    tasks.render(number)
    tasks.render(number)
    assert Document.objects.get().digest


def test_recent_documents_are_rendered_in_the_background(monkeypatch):
    queued = []
    monkeypatch.setattr(type(tasks.render), "enqueue", lambda job, number, key: queued.append((number, key)))
    fresh = services.issue("receipt", subject="x", context={}, issuer="某局", department="wjw").number
    done = services.issue("receipt", subject="x", context={}, issuer="某局", department="wjw").number
    services.issue("receipt", subject="x", context={}, issuer="某局", department="wjw", issued_at=timezone.now() - timedelta(days=3))
    services.render(done)
    tasks.prepare()
    assert queued == [(fresh, f"documents.render:{fresh}")]


def test_unknown_kind_and_number_are_refused():
    with pytest.raises(services.UnknownKind):
        issue("奖状")
    with pytest.raises(services.DocumentNotFound):
        services.render("石龙〔2026〕第0号")


def test_missing_font_says_how_to_fix_it(monkeypatch):
    typesetting._compiler.cache_clear()
    monkeypatch.setattr(typesetting, "SERIF", "没有这种字体")
    with pytest.raises(typesetting.FontMissing, match="fonts-noto-cjk"):
        services.render(issue().number)
    typesetting._compiler.cache_clear()


def test_verify_shows_masked_facts_only():
    document = issue(id_no="410404190001010010")
    shown = selectors.verify(f" {document.verify_code[:8].lower()}-{document.verify_code[8:]}")
    assert shown.number == document.number
    assert "测试甲" not in repr(shown)
    assert "410404190001010010" not in repr(shown)
    assert "4104042611240011000017" not in repr(shown)
    assert selectors.verify("0" * 16) is None
    assert selectors.verify("") is None


def test_company_names_are_public():
    document = issue(applicant="平顶山市石龙区虚构测试有限公司")
    assert selectors.verify(document.verify_code).applicant == "平顶山市石龙区虚构测试有限公司"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (AT, "2026年11月24日10:30"),
        (datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC), "2026年12月1日"),
        (AT.date(), "2026年11月24日"),
        ("2026-11-24", "2026年11月24日"),
        ("2026-11-24T02:30:00+00:00", "2026年11月24日10:30"),
        ("2026-13-99", "2026-13-99"),
        (None, ""),
        (True, "是"),
        (3, "3"),
        ({"a": [None, 1]}, {"a": ["", "1"]}),
    ],
)
def test_plain_values(value, shown):
    with timezone.override("Asia/Shanghai"):
        assert rules.plain(value) == shown


def test_verify_codes_do_not_use_confusable_letters():
    assert not set("01ILOU") & set("".join(rules.verify_code() for _ in range(200)))
