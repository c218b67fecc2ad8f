"""空白申请表与填写示例：每个内置事项的表都排得出来，示例值能通过校验且一看就是虚构的。"""

import pypdfium2
import pytest

from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.testing import CODES, FOOD, seed_items
from shilong.service.forms import examples, rules, selectors, sheets

pytestmark = [pytest.mark.django_db, pytest.mark.req("P03", "W01")]
WORDS = {"title": "食品经营许可", "issuer": "石龙区市场监督管理局", "url": "http://127.0.0.1/items/1/"}


@pytest.fixture
def seeded(db):
    seed_items()


def read(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_bounded() for page in document).replace("\r\n", "")


def definition_of(code):
    item = catalog.item(code)
    return selectors.definition(item.form_code, item.form_version)


def test_every_example_passes_validation(seeded):
    for code in CODES.values():
        definition = definition_of(code)
        assert rules.validate(definition, examples.example(definition))[1] == {}, code


def test_every_sheet_lists_every_field(seeded):
    for code in CODES.values():
        definition = definition_of(code)
        cells = [cell["label"] for section in sheets.layout(definition, None) for cell in section["cells"]]
        assert cells == [field["label"] for field in rules.fields(definition)]


def test_blank_has_no_values_and_example_is_marked(seeded):
    item = catalog.item(FOOD)
    blank = read(sheets.blank_pdf(item.form_code, item.form_version, **WORDS))
    sample = read(sheets.example_pdf(item.form_code, item.form_version, **WORDS))
    assert "食品经营许可" in blank
    assert "签名或盖章" in blank
    assert examples.PERSON not in blank
    assert examples.PERSON in sample
    assert "内容均为虚构" in sample
    assert "内容均为虚构" not in blank


FIELD = {"key": "a", "label": "甲", "type": "text"}


@pytest.mark.parametrize(
    ("show", "said"),
    [
        (["kind", "=", "个人"], "“类别”为个人时填写"),
        (["kind", "in", ["个人", "单位"]], "“类别”为个人、单位时填写"),
        ({"all": [["kind", "filled", True], ["kind", "!=", "个人"]]}, "填了“类别”并且“类别”不为个人时填写"),
        ({"not": ["kind", "=", "个人"]}, "符合条件时填写"),
        (["situation.house", "=", "rent"], "符合条件时填写"),
        (None, ""),
    ],
)
def test_conditions_become_a_sentence_on_paper(show, said):
    kind = {"key": "kind", "label": "类别", "type": "radio", "options": ["个人", "单位"]}
    section = {"title": "一", "fields": [kind, {**FIELD, "show": show}]}
    assert sheets.layout({"sections": [section]}, None)[0]["cells"][1]["note"] == said


def test_content_is_never_markup(seeded):
    words = {**WORDS, "title": "#panic() $x$ *粗* \\ 许可"}
    item = catalog.item(FOOD)
    assert "#panic()" in read(sheets.blank_pdf(item.form_code, item.form_version, **words))


@pytest.mark.parametrize("low", [0, 5])
def test_blank_rows_are_enough_to_write_on(low):
    rows = {"key": "staff", "label": "人员", "type": "rows", "min": low, "fields": [FIELD]}
    cell = sheets.layout({"sections": [{"title": "一", "fields": [rows]}]}, None)[0]["cells"][0]
    assert len(cell["lines"]) == max(3, low)
