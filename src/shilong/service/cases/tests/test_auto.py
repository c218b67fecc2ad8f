"""定时：到点自动发生的法律后果。"""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from shilong.foundation.calendar import services as calendars
from shilong.service.cases import clock, services
from shilong.service.cases.models import Case, CaseEvent, Flag
from shilong.service.cases.rules.clocks import local_day
from shilong.service.cases.services import MaterialInput, auto
from shilong.service.cases.testing import drive
from shilong.service.cases.tests.test_submit import needed

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02")]


def moment(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def get(view):
    return Case.objects.get(case_no=view.case_no)


def test_silence_for_five_days_is_acceptance_from_the_day_received(world):
    with clock.at(moment("2026-09-21T10:00")):
        view = world.submit()
    assert local_day(get(view).notice_due).isoformat() == "2026-09-29"  # 25 日中秋放假
    with clock.at(moment("2026-09-29T23:59")):
        assert services.accept_overdue() == 0
    with clock.at(moment("2026-09-30T00:01")):
        assert services.accept_overdue() == 1
        assert services.accept_overdue() == 0
    case = get(view)
    assert (case.state, case.auto_accepted) == ("accepted", True)
    assert local_day(case.accepted_at).isoformat() == "2026-09-21"
    assert Flag.objects.get(case=case).rule == "R3"
    assert CaseEvent.objects.filter(case=case, action="auto_accept", actor_id=None).exists()


def test_weekend_submission_counts_from_the_next_workday(world):
    with clock.at(moment("2026-11-21T10:00")):  # 周六
        view = world.submit()
    assert local_day(get(view).notice_due).isoformat() == "2026-11-30"


def test_supplement_unanswered_lapses(world):
    with clock.at(moment("2026-11-02T10:00")):
        view = drive(world.submit().case_no, ("supplement", {"items": [{"material": "图", "problem": "缺"}], "days": 5}))
    with clock.at(moment("2026-11-09T12:00")):
        assert services.lapse_overdue() == 0
    with clock.at(moment("2026-11-10T00:10")):
        assert services.lapse_overdue() == 1
    assert get(view).state == "lapsed"


def test_late_material_is_urged_once_then_terminated(world, item):
    code = item(seq=1)
    rows = [MaterialInput(m.code, [] if m.allow_late else [world.file_id], late=m.allow_late) for m in needed(code)]
    with clock.at(moment("2026-11-02T10:00")):
        view = drive(world.submit(item_code=code, materials=rows, late_promise=True).case_no, "accept")
    with clock.at(moment("2026-12-01T09:00")):
        assert services.late_overdue() == 1
        assert get(view).state == "accepted"
        assert services.late_overdue() == 0
    with clock.at(moment("2026-12-20T09:00")):
        assert services.late_overdue() == 1
    assert get(view).state == "terminated"


def test_published_calendar_moves_open_deadlines_only(world):
    with clock.at(moment("2026-11-02T10:00")):
        open_case = drive(world.submit().case_no, "accept")
        closed = drive(world.submit().case_no, "accept", "review", "decide", "deliver", "archive")
    before, frozen = get(open_case).legal_due, get(closed).legal_due
    day = local_day(before)
    extra = [(day, False, "临时放假"), *((date(day.year, 10, n), False, "国庆节") for n in range(1, 14))]
    calendars.import_year(day.year, extra, actor=world.bureau)
    with clock.at(moment("2026-11-03T10:00")):
        assert services.recalculate() >= 1
    assert get(open_case).legal_due > before
    assert get(closed).legal_due == frozen


def test_past_time_runs_the_real_engine(world):
    with clock.at(moment("2026-09-28T10:00")):
        view = drive(world.submit().case_no, "accept")
    with clock.at(moment("2026-10-10T10:00")):
        used = {c.kind: c.used for c in drive(view.case_no, "review").clocks}
    assert used["legal"] == 5
    assert get(view).submitted_at == moment("2026-09-28T10:00")
    assert CaseEvent.objects.get(case__case_no=view.case_no, action="review").at == moment("2026-10-10T10:00")


def test_naive_moment_is_refused():
    with pytest.raises(ValueError, match="时区"), clock.at(datetime(2026, 1, 1) + timedelta(0)):
        pass


def test_one_broken_case_does_not_hold_up_the_others(world, monkeypatch):
    with clock.at(moment("2026-09-21T10:00")):
        broken, sound = world.submit(), world.submit()
    act = auto.act

    def failing(case_no, *args, **kwargs):
        if case_no == broken.case_no:
            raise KeyError("坏数据")
        return act(case_no, *args, **kwargs)

    monkeypatch.setattr(auto, "act", failing)
    with clock.at(moment("2026-09-30T00:01")):
        assert services.accept_overdue() == 1
    assert (get(broken).state, get(sound).state) == ("submitted", "accepted")


def test_overdue_cases_are_taken_earliest_first_batch_after_batch(world, monkeypatch):
    monkeypatch.setattr(auto, "BATCH", 2)
    with clock.at(moment("2026-09-22T10:00")):
        later = [world.submit().case_no for _ in range(2)]
    with clock.at(moment("2026-09-21T10:00")):
        earlier = [world.submit().case_no for _ in range(3)]
    with clock.at(moment("2026-10-20T09:00")):
        assert services.accept_overdue() == 5
    accepted = CaseEvent.objects.filter(action="auto_accept").order_by("pk").values_list("case__case_no", flat=True)
    assert list(accepted) == [*earlier, *later]


def test_a_case_that_cannot_be_done_does_not_hold_up_the_rest(world, monkeypatch):
    monkeypatch.setattr(auto, "BATCH", 1)
    with clock.at(moment("2026-09-21T10:00")):
        broken, *fine = [world.submit().case_no for _ in range(3)]
    real = auto.act

    def act(case_no, *args, **kwargs):
        if case_no == broken:
            raise ValueError("数据有问题")
        return real(case_no, *args, **kwargs)

    monkeypatch.setattr(auto, "act", act)
    with clock.at(moment("2026-10-20T09:00")):
        assert services.accept_overdue() == 2
    assert set(Case.objects.filter(state="accepted").values_list("case_no", flat=True)) == set(fine)
