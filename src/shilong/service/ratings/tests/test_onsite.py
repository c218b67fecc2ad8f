"""现场：评价器登记与认出、办结与叫号结束弹出、离线补传不重、停用即失效。"""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from shilong.foundation.events import services as events
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.refusals import NotAllowed
from shilong.service.cases.rules import Action
from shilong.service.cases.testing import drive
from shilong.service.ratings import selectors, services
from shilong.service.ratings.models import Occasion, Rating, Terminal
from shilong.service.ratings.refusals import AlreadyRated, ServiceNotFound, TerminalInvalid, TerminalUnknown
from shilong.service.ratings.services import terminals
from shilong.service.ratings.tests.conftest import GOOD

pytestmark = [pytest.mark.django_db, pytest.mark.req("W03", "P07", "P12")]
WINDOW = "03 号窗口"


def rate(terminal, occasion=None, client=None, opinion=GOOD, at=None) -> Rating:
    return services.rate_on_terminal(terminal, client or uuid.uuid4(), occasion, opinion, at or timezone.now())


def test_terminal_belongs_to_a_window_and_only_the_digest_is_kept(hall):
    token = services.register("三号评价器", WINDOW, "scjg", actor=hall.sysadmin)
    assert terminals.recognise(token).window == WINDOW
    assert token not in str(Terminal.objects.values().get())
    for other in (hall.world.bureau, hall.world.clerk, hall.world.citizen):
        with pytest.raises(NotAllowed):
            services.register("四号评价器", "04 号窗口", "scjg", actor=other)
    with pytest.raises(TerminalInvalid):
        services.register("三号评价器", WINDOW, "scjg", actor=hall.sysadmin)
    with pytest.raises(TerminalInvalid):
        services.register("", "", "x", actor=hall.sysadmin)


def test_new_token_and_deactivation_stop_the_old_one(hall):
    token = services.register("三号评价器", WINDOW, "scjg", actor=hall.sysadmin)
    pk = Terminal.objects.get().pk
    fresh = services.renew(pk, actor=hall.sysadmin)
    with pytest.raises(TerminalUnknown):
        terminals.recognise(token)
    assert terminals.recognise(fresh).pk == pk
    services.deactivate(pk, actor=hall.sysadmin)
    for dead in (fresh, "", "x" * 500):
        with pytest.raises(TerminalUnknown):
            terminals.recognise(dead)


def test_delivery_at_the_window_prompts_that_window_only(hall):
    here, there = hall.terminal(), hall.terminal("04 号窗口")
    case_no = hall.finished()
    assert selectors.next_prompt(here) is None
    drive(case_no, (Action.DELIVER, None, hall.window_clerk))
    run_pending()
    prompt = selectors.next_prompt(here)
    assert (prompt.node, prompt.staff, prompt.signable) == ("办结", "周窗口", True)
    assert selectors.next_prompt(there) is None
    rate(here, prompt.uid)
    assert selectors.next_prompt(here) is None
    assert Occasion.objects.get(case_no=case_no).window == WINDOW
    with pytest.raises(ServiceNotFound):
        rate(there, prompt.uid)


def test_receiving_at_the_window_prompts_too(hall):
    terminal = hall.terminal()
    case_no = hall.world.submit().case_no
    drive(case_no, (Action.RECEIVE, None, hall.window_clerk))
    run_pending()
    assert selectors.next_prompt(terminal).node == "申报"
    drive(case_no, (Action.ACCEPT, None, hall.window_clerk))
    run_pending()
    assert selectors.next_prompt(terminal).node == "受理"


def test_queue_finished_prompts_once_per_event(hall):
    terminal = hall.terminal()
    with transaction.atomic():
        events.emit("queueing.finished", window=WINDOW, staff=hall.window_clerk.account_id)
        events.emit("queueing.finished", window="", staff="1024")
    run_pending()
    prompt = selectors.next_prompt(terminal)
    assert (prompt.title, prompt.node, prompt.staff, prompt.signable) == ("窗口服务", "现场服务", "周窗口", False)
    assert Occasion.objects.count() == 1
    assert Occasion.objects.get().department == "zwzx"


def test_finishing_the_queue_after_the_case_is_the_same_service(hall):
    case_no = hall.finished()
    drive(case_no, (Action.DELIVER, None, hall.window_clerk))
    run_pending()
    first = services.open_onsite(WINDOW, hall.window_clerk.account_id, case_no, source="queueing:1")
    assert services.open_onsite(WINDOW, "工号1024", source="queueing:2").pk != first.pk
    assert services.open_onsite(WINDOW, "工号1024", source="queueing:2").staff_name == "工号1024"
    assert Occasion.objects.filter(case_no=case_no).count() == 1


def test_prompt_goes_away_after_some_minutes(hall):
    terminal = hall.terminal()
    services.open_onsite(WINDOW, None, at=timezone.now() - timedelta(minutes=6))
    assert selectors.next_prompt(terminal) is None


def test_offline_ratings_are_accepted_once(hall):
    terminal, client = hall.terminal(), uuid.uuid4()
    at = timezone.now() - timedelta(hours=3)
    first = rate(terminal, client=client, at=at)
    again = rate(terminal, client=client, at=at)
    assert first.pk == again.pk
    assert (Rating.objects.count(), Occasion.objects.count()) == (1, 1)
    assert (first.rated_at, first.pf, first.anonymous, first.department) == (at, "4", True, "scjg")


@pytest.mark.parametrize("drift", [timedelta(days=400), timedelta(days=-400)])
def test_a_wrong_terminal_clock_does_not_spoil_the_record(hall, drift):
    made = rate(hall.terminal(), at=timezone.now() + drift)
    assert abs(made.rated_at - timezone.now()) < timedelta(minutes=5)


def test_one_onsite_service_is_rated_at_most_twice(hall):
    terminal = hall.terminal()
    row = services.open_onsite(WINDOW, None)
    rate(terminal, row.uid)
    rate(terminal, row.uid)
    with pytest.raises(AlreadyRated):
        rate(terminal, row.uid)
