"""双告知：规则命中、坏行、重复导入、部门处理、企业收到、自动填表、接口；换一个人不行。"""

import json
from datetime import date

import pytest
from tests.rest import Rest

from shilong.foundation.files import sheets
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.notify.models import Delivery, Message
from shilong.foundation.refusals import Invalid, NotAllowed
from shilong.identity.accounts import selectors as accounts
from shilong.service.cases.testing import submit_case
from shilong.service.joint import selectors, services
from shilong.service.joint.models import Enterprise, NoticeBatch, Prompt
from shilong.service.joint.refusals import PromptChanged, PromptClosed, PromptNotFound
from shilong.service.joint.rules import notices
from shilong.service.joint.seed import _codes
from shilong.service.joint.shape import ThemeShape

pytestmark = [pytest.mark.django_db, pytest.mark.req("W13", "P14")]
WORDS = ["餐饮服务", "食品销售"]


@pytest.mark.parametrize(
    ("scope", "excludes", "found"),
    [
        ("餐饮服务；日用百货销售", [], ["餐饮服务"]),
        ("食品销售（仅销售预包装食品）", ["仅销售预包装食品"], []),
        ("食品销售（仅销售预包装食品）；餐饮服务", ["仅销售预包装食品"], ["餐饮服务"]),
        ("餐饮服务；食品销售", [], ["餐饮服务", "食品销售"]),
        ("信息技术咨询服务", [], []),
    ],
)
def test_scope_words(scope, excludes, found):
    assert notices.hits(scope, WORDS, excludes) == found


GOOD = {"企业名称": "石龙区虚构面馆", "统一社会信用代码": "91410404TTTT10028L", "经营范围": "餐饮服务", "登记日期": "2026-01-20"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"企业名称": ""}, "没有填写企业名称"),
        ({"统一社会信用代码": "91410404TTTT10029L"}, "信用代码"),
        ({"登记日期": "2099-01-01"}, "不晚于今天"),
        ({"登记日期": "去年"}, "不晚于今天"),
        ({"联系电话": "12345"}, "11 位"),
        ({"注册资本（万元）": "很多"}, "注册资本"),
        ({"经营范围": "长" * 5000}, "太长"),
    ],
)
def test_bad_rows_say_why(change, says):
    row, reason = notices.parse({**GOOD, **change}, date(2026, 11, 24))
    assert row is None
    assert says in reason


def rows(town, *more):
    uscc = accounts.applicant(town.firm.account_id).id_no
    scope = "餐饮服务；烟草制品零售；咖啡馆服务"
    mine = {"name": town.firm.name, "uscc": uscc, "scope": scope, "registered_on": "2026-01-20", "address": "石龙区测试路9号"}
    return list(enumerate([{**mine, "legal_name": "测试法人", "mobile": "13000000009", "capital": "50"}, *more], 2))


def test_import_makes_prompts_and_tells_the_enterprise(town):
    taken = services.import_notices(
        "gongshang", "B1", rows(town, {**GOOD, "经营范围": "软件开发"}, {"企业名称": "坏"}), actor=town.registrar
    )
    assert (taken.total, taken.taken, taken.prompts) == (3, 2, 3)
    assert [(one["line"], one["reason"][:4]) for one in taken.errors] == [(4, "没有填写")]
    assert set(Prompt.objects.values_list("department", flat=True)) == {"scjg", "wjw", "ycj"}
    assert Message.objects.filter(template="joint_prompt", account_id=town.firm.account_id).count() == 1
    assert Delivery.objects.filter(message__template="joint_prompt").count() == 1
    assert [row.item_name for row in selectors.for_enterprise(town.firm)]
    assert selectors.for_enterprise(town.other_firm) == []
    assert selectors.for_enterprise(town.citizen) == []


def test_same_batch_again_adds_nothing(town):
    services.import_notices("gongshang", "B1", rows(town), actor=town.registrar)
    again = services.import_notices("gongshang", "B1", rows(town), actor=town.registrar)
    assert (again.taken, again.repeated, again.prompts) == (0, 1, 0)
    later = services.import_notices("gongshang", "B2", rows(town), actor=town.registrar)
    assert later.prompts == 0  # 另一批里经营范围没变，也不再提示
    assert Prompt.objects.count() == 3
    assert Message.objects.filter(template="joint_prompt").count() == 1
    assert NoticeBatch.objects.count() == 2


def test_changed_scope_prompts_only_for_what_is_new(town):
    services.import_notices("gongshang", "B1", rows(town), actor=town.registrar)
    line, row = rows(town)[0]
    changed = [(line, {**row, "scope": row["scope"] + "；户外广告；劳务派遣"})]
    assert services.import_notices("gongshang", "B2", changed, actor=town.registrar).prompts == 0  # 劳务派遣事项没有发布
    assert Prompt.objects.count() == 3


def test_department_handles_its_own(town):
    services.import_notices("gongshang", "B1", rows(town), actor=town.registrar)
    mine = selectors.prompts(town.registrar)
    assert mine.total == 1
    row = mine.items[0]
    assert "****" in row.mobile
    with pytest.raises(PromptNotFound):
        services.move_prompt(row.uid, "claim", actor=town.outsider, version=1)
    for who in (town.firm, town.clerk, town.catalog):
        with pytest.raises(NotAllowed):
            services.move_prompt(row.uid, "claim", actor=who, version=1)
        with pytest.raises(NotAllowed):
            services.import_notices("gongshang", "B9", rows(town), actor=who)
    with pytest.raises(NotAllowed):
        services.import_notices("gongshang", "B9", rows(town), actor=town.outsider)
    services.move_prompt(row.uid, "claim", actor=town.registrar, version=1)
    with pytest.raises(PromptChanged):
        services.move_prompt(row.uid, "contact", actor=town.registrar, version=1)
    with pytest.raises(Invalid):
        services.move_prompt(row.uid, "needless", actor=town.registrar, version=2)
    services.move_prompt(row.uid, "needless", note="已并入总店许可", actor=town.registrar, version=2)
    with pytest.raises(PromptClosed):
        services.move_prompt(row.uid, "contact", actor=town.registrar, version=3)


def test_applying_closes_the_prompt(town):
    services.import_notices("gongshang", "B1", rows(town), actor=town.registrar)
    case = submit_case(_codes()[8], actor=town.firm, file_ids=[town.upload(town.firm)])
    run_pending()
    row = Prompt.objects.get(item_code=_codes()[8])
    assert (row.state, row.case_no) == (Prompt.State.APPLIED, case.case_no)


def test_form_fills_itself_from_the_registration(town):
    services.import_notices("gongshang", "B1", rows(town), actor=town.registrar)
    found = ThemeShape(selectors.theme("restaurant")).prefill(accounts.applicant(town.firm.account_id))
    assert (found["place_address"], found["shop_name"], found["capital"]) == ("石龙区测试路9号", town.firm.name, 50)
    assert ThemeShape(selectors.theme("restaurant")).prefill(accounts.applicant(town.citizen.account_id)) == {}


def test_rules_are_edited_by_catalog_managers_only(town):
    code = _codes()[45]
    values = {
        "words": "户外广告、招牌制作",
        "excludes": "",
        "theme_code": "restaurant",
        "basis": "城市市容和环境卫生管理条例",
        "active": True,
    }
    with pytest.raises(NotAllowed):
        services.save_rule(code, **values, actor=town.registrar)
    with pytest.raises(Invalid):
        services.save_rule(code, **{**values, "words": " "}, actor=town.catalog)
    services.save_rule(code, **values, actor=town.catalog)
    line, row = rows(town)[0]
    taken = services.import_notices("gongshang", "B3", [(line, {**row, "scope": "户外广告"})], actor=town.registrar)
    assert taken.prompts == 1


def test_files_keep_their_line_numbers(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(list(GOOD))
    book.active.append(list(GOOD.values()))
    book.active.append([None] * 4)
    book.active.append(["坏行"])
    book.save(tmp_path / "a.xlsx")
    assert [line for line, _ in sheets.rows((tmp_path / "a.xlsx").read_bytes(), "a.xlsx", most=10)] == [2, 4]
    assert sheets.rows(json.dumps([GOOD]).encode(), "a.json", most=10)[0][0] == 1
    for content, name in ((b"\x00", "a.xlsx"), (b"{", "a.json"), (b"{}", "a.json"), (b"[1]", "a.json")):
        with pytest.raises(Invalid):
            sheets.rows(content, name, most=10)


def test_push_over_the_api(town):
    rest = Rest()
    body = {"batch_no": "API-1", "rows": [row for _, row in rows(town, {"name": "坏"})]}
    status, answer = rest(town.registrar, "POST", "/double-notices", body)
    assert (status, answer["taken"], answer["errors"][0]["line"]) == (200, 1, 2)
    assert rest(town.registrar, "POST", "/double-notices", body)[1]["repeated"] == 1
    assert rest(town.firm, "POST", "/double-notices", body)[0] == 403
    assert rest(None, "POST", "/double-notices", body)[0] == 401
    assert rest(town.registrar, "POST", "/double-notices", {"batch_no": "x", "rows": []})[0] == 422
    assert Enterprise.objects.count() == 1
