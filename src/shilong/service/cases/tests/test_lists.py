"""列表、查询、进度、更正、揭示：范围、脱敏、限频、查询次数基线。"""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shilong.foundation import pages
from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.identity.roles.actor import ANONYMOUS
from shilong.service.cases import clock, refusals, selectors, services
from shilong.service.cases.models import Case, CaseEvent, Dossier
from shilong.service.cases.selectors import lists, query
from shilong.service.cases.testing import drive
from shilong.service.cases.tests.conftest import upload

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02", "P04", "W06")]


def numbers(page):
    return {row.case_no for row in page}


def test_worklist_shows_what_is_mine_to_do(world, item):
    fresh = world.submit().case_no
    reviewing = drive(world.submit().case_no, "accept").case_no
    decided = drive(world.submit().case_no, "accept", "review", "decide").case_no
    elsewhere = drive(world.submit(item_code=item(seq=1, department="wjw")).case_no).case_no
    assert numbers(selectors.worklist(world.clerk)) == {fresh, decided, elsewhere}
    assert numbers(selectors.worklist(world.officer)) == {fresh, reviewing}
    assert numbers(selectors.worklist(world.outsider)) == {elsewhere}
    assert numbers(selectors.worklist(world.officer, state="granted")) == {decided}
    assert numbers(selectors.worklist(world.officer, state="handling")) == {reviewing}
    assert numbers(selectors.worklist(world.outsider, state="open")) == {elsewhere}
    with pytest.raises(NotAllowed):
        selectors.worklist(world.citizen)
    with pytest.raises(NotSignedIn):
        selectors.worklist(ANONYMOUS)


def test_counts_match_the_lists(world):
    world.submit()
    drive(world.submit().case_no, "accept")
    counts = selectors.worklist_counts(world.officer)
    assert (counts["todo"], counts["submitted"], counts["accepted"], counts["intake"]) == (2, 1, 1, 1)
    assert selectors.worklist_counts(world.outsider)["todo"] == 0


def test_invited_department_sees_the_case_once_and_in_order(world, item):
    """外部门受邀审查的与本部门自己的合成一个列表：次序对、翻页不重不漏、件数对得上。"""
    own = [world.submit(item_code=item(seq=1, department="wjw")).case_no for _ in range(3)]
    invited = [
        drive(world.submit().case_no, "accept", ("add_reviewer", {"department": "wjw", "reason": "涉及卫生"})).case_no for _ in range(3)
    ]
    newest_first = sorted(own + invited, key=lambda no: Case.objects.get(case_no=no).submitted_at, reverse=True)
    pages = [selectors.search(world.outsider, {}, page=number, size=2) for number in (1, 2, 3)]
    assert [row.case_no for page in pages for row in page] == newest_first
    assert {page.total for page in pages} == {6}
    assert numbers(query.find(world.outsider, query.Criteria())) == set(newest_first)
    assert numbers(selectors.worklist(world.outsider, state="open")) == set(newest_first)
    counts = selectors.worklist_counts(world.outsider)
    assert (counts["open"], counts["submitted"], counts["accepted"], counts["todo"]) == (6, 3, 3, 6)
    assert not set(own) & numbers(selectors.search(world.officer, {}))


@pytest.mark.parametrize(("limit", "most"), [(10_000, 5), (3, 3)])
def test_due_counts_are_right_on_both_sides_of_the_limit(world, monkeypatch, limit, most):
    """派来的待办一趟数完；超过上限改为逐个条件去数，超期的不能因为截断而漏掉。"""
    monkeypatch.setattr(pages, "COUNT_LIMIT", limit)
    monkeypatch.setattr(lists, "COUNT_LIMIT", limit)
    assigned = [drive(world.submit().case_no, "accept").case_no for _ in range(5)]
    now = clock.now()
    Case.objects.filter(case_no__in=assigned[3:]).update(due_at=now - timedelta(days=2))
    Case.objects.filter(case_no__in=assigned[:3]).update(due_at=now + timedelta(days=30))
    counts = selectors.worklist_counts(world.officer)
    assert (counts["todo"], counts["overdue"], counts["today"]) == (most, 2, 0)


def test_row_is_masked_and_says_the_step(world):
    drive(world.submit().case_no, "accept")
    row = selectors.worklist(world.officer).items[0]
    assert (row.applicant_name, row.task_name, row.status_name) == ("王*国", "业务审查", "已受理")
    assert row.days_left >= 0


@pytest.mark.parametrize("q", ["王建", "食品", "410404190", "nobody", "' or 1=1 --", "%", "\x00"])
def test_search_text_is_only_text(world, q):
    view = world.submit()
    found = numbers(selectors.worklist(world.clerk, q=q))
    assert (view.case_no in found) == (q in ("王建", "食品", "\x00"))


def test_search_by_id_number_mobile_and_case_no(world):
    view = world.submit()
    dossier = Dossier.objects.get()
    for q in (dossier.id_no, dossier.mobile, view.case_no, view.case_no[:12]):
        assert numbers(selectors.search(world.clerk, {"q": q})) == {view.case_no}
    assert not numbers(selectors.search(world.outsider, {"q": dossier.id_no}))


@pytest.mark.parametrize("sort", ["due", "-due", "submitted", "-submitted", "item", "case.password", "id; drop table"])
def test_sort_is_whitelisted(world, sort):
    world.submit()
    assert len(selectors.worklist(world.clerk, sort=sort)) == 1


def test_mine_is_only_mine(world):
    view = world.submit()
    world.submit(actor=world.other_citizen, file_ids=[upload(world.other_citizen)])
    assert numbers(selectors.mine(world.citizen)) == {view.case_no}
    assert selectors.mine_counts(world.citizen) == {"all": 1, "open": 1, "supplementing": 0, "finished": 0}
    with pytest.raises(NotSignedIn):
        selectors.mine(ANONYMOUS)


def test_list_query_count_does_not_grow(world):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            list(selectors.worklist(world.clerk))
        return len(captured)

    world.submit()
    selectors.worklist(world.clerk)
    one = queries()
    for _ in range(5):
        world.submit()
    assert queries() == one <= 4


def test_act_stays_lean(world):
    view = world.submit()
    drive(view.case_no, "accept")
    with CaptureQueriesContext(connection) as captured:
        services.act(view.case_no, "review", actor=world.officer, expected_version=2, payload={"result": "agree"})
    assert len(captured) <= 16, [q["sql"][:80] for q in captured]


def test_progress_is_masked_and_needs_the_code(world):
    view = drive(world.submit().case_no, "accept")
    code = Dossier.objects.get().query_code
    found = selectors.progress(view.case_no, code, "10.0.0.1")
    assert found.applicant_name == "王*国"
    assert [step.name for step in found.steps] == ["提交申请", "予以受理"]
    with pytest.raises(refusals.ProgressNotMatched):
        selectors.progress("4104040000", code, "10.0.0.1")


def guess(case_no, ip, times=1):
    code = Dossier.objects.get(case__case_no=case_no).query_code
    for _ in range(times):
        with pytest.raises(refusals.ProgressNotMatched):
            selectors.progress(case_no, "000000" if code != "000000" else "111111", ip)
    return code


def test_guessing_locks_the_guesser_and_not_the_holder(world):
    no = world.submit().case_no
    code = guess(no, "10.0.0.2", times=5)
    with pytest.raises(refusals.ProgressLocked):
        selectors.progress(no, code, "10.0.0.2")
    assert selectors.progress(no, code, "10.0.0.3").case_no == no
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert selectors.progress(no, code, "10.0.0.2").case_no == no


def test_an_attacker_locked_on_one_case_may_still_see_his_own(world):
    """大厅同一出口：一个人把别人的编号猜错五次，不妨碍同一出口的人查自己的。"""
    other, mine = world.submit().case_no, world.submit().case_no
    guess(other, "10.0.0.2", times=5)
    code = Dossier.objects.get(case__case_no=mine).query_code
    assert selectors.progress(mine, code, "10.0.0.2").case_no == mine


def test_many_addresses_get_one_guess_each_and_the_holder_still_gets_in(world):
    no = world.submit().case_no
    for n in range(10):
        code = guess(no, f"10.1.0.{n}", times=5)
    guess(no, "10.2.0.1")
    with pytest.raises(refusals.ProgressLocked):
        selectors.progress(no, code, "10.2.0.1")
    assert selectors.progress(no, code, "10.3.0.1").case_no == no


def test_a_household_of_ipv6_addresses_is_one_source(world):
    no = world.submit().case_no
    for n in range(1, 6):
        code = guess(no, f"2001:db8:1:2::{n}")
    with pytest.raises(refusals.ProgressLocked):
        selectors.progress(no, code, "2001:db8:1:2:ffff::1")
    assert selectors.progress(no, code, "2001:db8:1:3::1").case_no == no


def test_one_address_cannot_scan_many_cases(world):
    for n in range(20):
        with pytest.raises(refusals.ProgressNotMatched):
            selectors.progress(f"NO{n}", "123456", "10.9.9.9")
    with pytest.raises(refusals.ProgressLocked):
        selectors.progress("NO99", "123456", "10.9.9.9")


def test_publicity_shows_decided_cases_without_personal_details(world):
    world.submit()
    done = drive(world.submit().case_no, "accept", "review", "decide").case_no
    rows = selectors.publicity().items
    assert [row.case_no for row in rows] == [done]
    assert "建" not in rows[0].applicant_name


def test_history_compares_the_same_applicant_and_item(world):
    first = world.submit().case_no
    second = world.submit()
    assert [row.case_no for row in selectors.history(world.officer, second)] == [first]


def test_public_events_hide_staff_names(world):
    view = drive(world.submit().case_no, ("accept", {}, world.clerk))
    assert {event.actor_name for event in selectors.events(view.case_no, world.citizen)} == {"申请人", "工作人员"}
    assert "李敏" in {event.actor_name for event in selectors.events(view.case_no, world.officer)}


def test_reveal_needs_scope_and_reason(world):
    no = world.submit().case_no
    assert services.reveal(no, "id_no", actor=world.officer, reason="电话核实") == Dossier.objects.get().id_no
    with pytest.raises(refusals.PayloadInvalid):
        services.reveal(no, "id_no", actor=world.officer, reason=" ")
    with pytest.raises(refusals.PayloadInvalid):
        services.reveal(no, "password", actor=world.officer, reason="x")
    for who in (world.outsider, world.other_citizen):
        with pytest.raises(NotAllowed):
            services.reveal(no, "id_no", actor=who, reason="好奇")


def test_correction_keeps_history_and_both_values(world):
    view = world.submit()
    before = CaseEvent.objects.get(case__case_no=view.case_no, seq=1)
    change = {"mobile": "13000000009", "applicant_name": "王建军"}
    done = services.correct(view.case_no, change, actor=world.bureau, request_no="GZ1", authorised_by="钱局长")
    assert (done.version, done.applicant_name) == (2, "王*军")
    event = CaseEvent.objects.get(case__case_no=view.case_no, seq=2)
    assert '"before": "王建国"' in event.secret
    assert event.data == {"request_no": "GZ1", "authorised_by": "钱局长", "fields": ["applicant_name", "mobile"]}
    assert CaseEvent.objects.get(pk=before.pk).changes == before.changes
    assert numbers(selectors.search(world.clerk, {"q": "13000000009"})) == {view.case_no}
    for who in (world.clerk, world.officer, world.citizen, world.leader):
        with pytest.raises(NotAllowed):
            services.correct(view.case_no, change, actor=who, request_no="GZ2")
    with pytest.raises(refusals.PayloadInvalid):
        services.correct(view.case_no, {"state": "granted"}, actor=world.bureau, request_no="GZ3")


def test_history_rows_cannot_be_changed_or_deleted(world):
    view = world.submit()
    event = CaseEvent.objects.get(case__case_no=view.case_no)
    event.note = "改一改"
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    assert Case.objects.count() == 1


@pytest.mark.parametrize("day", [date.min, date.max])
def test_extreme_dates_filter_and_never_fail(world, day):
    view = world.submit()
    page = selectors.search(world.clerk, {"since": day.isoformat(), "until": day.isoformat()})
    assert numbers(page) == set()
    assert numbers(selectors.search(world.clerk, {"since": date.min.isoformat(), "until": date.max.isoformat()})) == {view.case_no}
    assert selectors.shift(world.clerk, day=day).rows == []
