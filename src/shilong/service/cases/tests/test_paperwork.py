"""文书上该写的都写上；群众看到的履历不带部门内部的话；退回重审不绕过加签人。"""

import pypdfium2
import pytest

from shilong.foundation.documents import selectors as documents
from shilong.foundation.documents import services as papers
from shilong.service.cases import refusals, selectors, services
from shilong.service.cases.models import Case, CaseEvent, Task
from shilong.service.cases.rules import basis_of
from shilong.service.cases.testing import drive

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02", "W06")]

ORGAN = {
    "dept_full_name": "平顶山市石龙区市场监督管理局",
    "link_way": "0375-1234567",
    "transact_addr": "区政务服务大厅 6 号窗口",
    "reconsider": {"dept": "平顶山市石龙区人民政府"},
    "lawsuit": {"dept": "平顶山市石龙区人民法院"},
    "by_law": [{"law": "食品安全法", "article": "第三十五条"}, {"law": "《食品经营许可和备案管理办法》", "article": "第四条"}],
}


def text_of(case_no: str, kind: str) -> str:
    number = [one.number for one in documents.for_subject(case_no) if one.kind == kind][-1]
    pdf = pypdfium2.PdfDocument(papers.render(number))
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pdf)


@pytest.fixture
def permit(world, item):
    return item(seq=9, task_type="01", **ORGAN)


def act(view, action, actor, **payload):
    version = Case.objects.get(case_no=view.case_no).version
    return services.act(view.case_no, action, actor=actor, expected_version=version, payload=payload)


def test_paper_names_the_organ_phone_window_and_both_laws(world, permit):
    view = drive(world.submit(item_code=permit).case_no, "accept", "review", ("decide", {"result": "deny", "opinion": "面积不足"}))
    for kind in ("acceptance", "deny"):
        text = text_of(view.case_no, kind)
        assert text.count("平顶山市石龙区市场监督管理局") >= 2  # 红头与落款
        assert "咨询电话：0375-1234567，办理窗口：区政务服务大厅6号窗口。" in text
    denied = text_of(view.case_no, "deny")
    assert "第三十八条第二款、《食品安全法》第三十五条、《食品经营许可和备案管理办法》第四条" in denied
    assert "向平顶山市石龙区人民政府申请行政复议" in denied
    assert "向平顶山市石龙区人民法院提起行政诉讼" in denied


def test_paper_without_a_known_phone_has_no_empty_line(world, item):
    view = drive(world.submit(item_code=item(seq=9, link_way="", transact_addr="")).case_no, "accept")
    assert "咨询电话" not in text_of(view.case_no, "acceptance")


def test_register_is_filled_in(world, permit):
    view = drive(world.submit(item_code=permit).case_no, "receive", "accept", "review", "decide", "deliver", "archive")
    text, case = text_of(view.case_no, "register"), Case.objects.get(case_no=view.case_no)
    for part in (
        "电脑端",
        permit,
        "即办件" if case.project_type == "1" else "承诺件",
        case.dossier.id_no,
        case.dossier.mobile,
        "业务审查（测试审批）：同意符合条件",
    ):
        assert "".join(part.split()) in text
    assert "本次没有提交材料" not in text
    assert all("".join(row.name.split()) in text for row in view.materials)


def test_mail_needs_the_tracking_number_and_the_receipt_shows_it(world):
    view = drive(world.submit().case_no, "accept", "review", "decide")
    with pytest.raises(refusals.PayloadInvalid) as refused:
        act(view, "deliver", world.clerk, way="2", receiver="王建国")
    assert "tracking_no" in refused.value.fields
    act(view, "deliver", world.clerk, way="2", receiver="王建国", tracking_no="EX123456789CN", address="人民路 1 号")
    text = text_of(view.case_no, "delivery")
    assert "EX123456789CN" in text
    assert "人民路1号" in text


def test_added_reviewer_reviews_again_after_giving_back(world):
    """退回重审后加签人仍要审查：他的“不同意”不能因为退回就没了。"""
    view = drive(world.submit().case_no, "accept")
    act(view, "add_reviewer", world.officer, department="wjw", reason="涉及卫生", days=3)
    act(view, "review", world.outsider, result="disagree", opinion="消防不合格")
    act(view, "review", world.officer, result="agree")
    act(view, "return_round", world.officer, reason="请重审")
    act(view, "review", world.officer, result="agree")
    with pytest.raises(refusals.ReviewsOutstanding):
        act(view, "decide", world.officer, result="grant")
    again = Task.objects.get(case__case_no=view.case_no, department="wjw", status="open")
    assert (again.attempt, again.outside) == (2, True)
    act(view, "review", world.outsider, result="disagree", opinion="仍不合格")
    with pytest.raises(refusals.ReviewDisagreed):
        act(view, "decide", world.officer, result="grant")


def test_second_correction_keeps_the_material_it_asks_for(world):
    view = drive(world.submit().case_no, "supplement", "resubmit")
    code = view.materials[0].code
    asked = {"items": [{"material": code, "problem": "不清晰"}], "reason": "上次没发现"}
    act(view, "supplement", world.clerk, **asked)
    act(view, "approve", world.leader)
    latest = CaseEvent.objects.filter(case__case_no=view.case_no).order_by("-seq")[0]
    assert [one["code"] for one in latest.data["items"]] == [code]
    assert latest.basis == basis_of(view.item_type, "行政许可法第三十二条第一款第四项")


def test_citizen_does_not_see_what_departments_say_to_each_other(world):
    view = drive(world.submit().case_no, "accept")
    act(view, "add_reviewer", world.officer, department="wjw", reason="需规划意见")
    act(view, "review", world.outsider, result="disagree", opinion="消防不合格")
    act(view, "transfer", world.officer, reason="内部分工", assignee_id=987654, assignee_name="卢建")
    act(view, "review", world.leader, result="agree")
    act(view, "return_round", world.leader, reason="再看看")
    seen = " ".join(event.note for event in selectors.events(view.case_no, world.citizen))
    assert not [word for word in ("需规划意见", "消防不合格", "卢建", "内部分工", "再看看", "wjw") if word in seen]
    inside = " ".join(event.note for event in selectors.events(view.case_no, world.officer))
    assert "消防不合格" in inside
    assert "请石龙区wjw局加签“协同审查”" in inside  # 写部门名称，不写部门键


@pytest.mark.parametrize(
    ("item_type", "basis", "shown"),
    [
        ("01", "行政许可法第三十二条", "行政许可法第三十二条"),
        ("20", "行政许可法第三十二条", "参照行政许可法第三十二条"),
        ("20", "河南省优化营商环境条例第三十五条", "河南省优化营商环境条例第三十五条"),
        ("20", "", ""),
    ],
)
def test_permit_law_is_only_referred_to_by_other_items(item_type, basis, shown):
    assert basis_of(item_type, basis) == shown
