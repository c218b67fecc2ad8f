"""工作日历页面：月历、预检逐行指出问题、看过差别再确认、导出可以原样导入。"""

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from shilong.foundation.calendar import files, selectors, services
from shilong.foundation.refusals import Invalid
from shilong.identity.roles.actor import Role
from shilong.identity.testing import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02", "P27")]


@pytest.fixture
def admin():
    services.seed(2026, 2027)
    client = Client()
    account = get_user_model().objects.get(pk=make_staff(Role.SYSADMIN).account_id)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def upload(text, name="a.csv"):
    return {"step": "check", "year": "2027", "source": "国办发明电〔2026〕1号", "file": SimpleUploadedFile(name, text.encode())}


def good(count=13):
    return "日期,上班,名称\n" + "\n".join(f"{date(2027, 2, 1) + timedelta(days=n)},0,春节" for n in range(count))


def test_month_view_marks_holidays_and_make_up_days(admin):
    body = admin.get("/console/calendar/2026/").content.decode()
    assert body.count('class="month"') == 12
    assert 'class="off changed" title="国庆节">1<small>休' in body
    assert 'class="on changed"' in body


def test_check_lists_every_bad_line_and_writes_nothing(admin):
    text = "日期,上班,名称\n2027-01-01,也许,元旦\n2026-01-02,0,错年\n2027-02-01,0,春节\n2027-02-01,0,春节\n不是日期,0,x\n"
    response = admin.post("/console/calendar/", upload(text))
    body = response.content.decode()
    assert response.status_code == 422
    for line in ('<td class="num">2</td>', "2026-01-02 不在 2027 年", "2027-02-01 在第 4 行已经写过", '<td class="num">6</td>'):
        assert line in body
    assert "确认导入" not in body
    assert not selectors.year_view(2027).official


def test_check_then_confirm_imports_exactly_what_was_shown(admin):
    response = admin.post("/console/calendar/", upload(good()))
    body = response.content.decode()
    assert response.status_code == 200
    assert "放假 13 天" in body
    assert not selectors.year_view(2027).official
    rows = response.context["rows"]
    form = {"step": "import", "year": "2027", "source": "国办发明电〔2026〕1号", "rows": rows}
    assert admin.post("/console/calendar/", form).status_code == 302
    view = selectors.year_view(2027)
    assert (view.official, view.source, len(view.days)) == (True, "国办发明电〔2026〕1号", 13)


def test_an_incomplete_year_is_refused_at_check_and_again_at_confirm(admin):
    assert "不足 13 天" in admin.post("/console/calendar/", upload(good(3))).content.decode()
    assert admin.post("/console/calendar/", {"step": "import", "year": "2027", "rows": "2027-02-01,0,x"}).status_code == 422
    assert not selectors.year_view(2027).official


def test_exported_year_imports_back_unchanged(admin):
    content = admin.get("/console/calendar/2026/export.xlsx").content
    assert next(load_workbook(BytesIO(content)).active.values) == ("日期", "是否上班", "名称")
    assert tuple(sorted(files.read(BytesIO(content), "x.xlsx"))) == selectors.year_view(2026).days


@pytest.mark.parametrize("year", ["", "27", "abcd", "9999"])
def test_bad_year_is_explained(admin, year):
    response = admin.post("/console/calendar/", {**upload(good()), "year": year})
    assert response.status_code == 422
    assert not selectors.year_view(2027).official


def bomb():
    buffer = BytesIO()
    with ZipFile(buffer, "w", 8) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", bomb()),
        ("a.xlsx", b"PK\x03\x04broken"),
        ("a.csv", b"x" * 1_000_001),
        ("a.csv", b'"' + b"x" * 200_000),
        ("a.csv", b"\x00,\x00\n"),
    ],
)
def test_hostile_files_are_refused_in_one_sentence(name, content):
    with pytest.raises(Invalid):
        files.read(BytesIO(content), name)


def test_unknown_year_is_not_found(admin):
    assert admin.get("/console/calendar/2050/").status_code == 404
    assert admin.get("/console/calendar/99999999999999/").status_code == 404
