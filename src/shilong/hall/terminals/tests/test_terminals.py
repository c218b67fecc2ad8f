"""登记、激活、令牌、心跳、离线、下发、截屏。"""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from shilong.foundation.audit import selectors as audit
from shilong.foundation.events.models import Event
from shilong.foundation.notify import selectors as inbox
from shilong.foundation.refusals import Invalid, NotAllowed
from shilong.hall.terminals import selectors, services
from shilong.hall.terminals.models import Terminal, TerminalEvent
from shilong.hall.terminals.refusals import (
    NameTaken,
    NoSuchShot,
    NotActivated,
    NotOnline,
    TerminalChanged,
    TerminalRetired,
    TooManyCards,
    WrongActivationCode,
)
from shilong.hall.terminals.testing import make_terminal

pytestmark = [pytest.mark.django_db, pytest.mark.req("P11", "P12")]


def picture(size=(20, 20)):
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def row(cast):
    return Terminal.objects.get(number=cast.number)


def test_a_code_works_once_and_only_hashes_are_kept(cast):
    code = services.issue_code(cast.number, actor=cast.admin)
    token = services.activate(code.lower(), "10.0.0.8")
    assert services.authenticate(token).number == cast.number
    stored = row(cast)
    assert token not in str(vars(stored)) and code.replace("-", "") not in str(vars(stored))
    with pytest.raises(WrongActivationCode):
        services.activate(code, "10.0.0.8")


def test_a_replaced_machine_is_no_longer_known(cast):
    services.activate(services.issue_code(cast.number, actor=cast.admin), "10.0.0.9")
    with pytest.raises(NotActivated):
        services.authenticate(cast.token)


@pytest.mark.parametrize("typed", ["", "ABCD-EFGH", "\x00" * 8, "长" * 8, "0" * 500])
def test_a_wrong_code_is_refused(cast, typed):
    with pytest.raises(WrongActivationCode):
        services.activate(typed, "")


def test_a_code_expires_after_half_an_hour(cast):
    code = services.issue_code(cast.number, actor=cast.admin)
    Terminal.objects.filter(number=cast.number).update(code_expires_at=timezone.now())
    with pytest.raises(WrongActivationCode):
        services.activate(code, "")


@pytest.mark.parametrize("close", ["revoke", "retire"])
def test_revoking_takes_effect_at_once_and_kills_pending_codes(cast, close):
    code = services.issue_code(cast.number, actor=cast.admin)
    getattr(services, close)(cast.number, "丢失", actor=cast.admin)
    for attempt in (lambda: services.authenticate(cast.token), lambda: services.activate(code, "")):
        with pytest.raises((NotActivated, WrongActivationCode)):
            attempt()
    assert Event.objects.filter(topic=f"terminal.{close}", key=cast.number).exists()


def test_revoking_needs_a_reason(cast):
    with pytest.raises(Invalid):
        services.revoke(cast.number, " ", actor=cast.admin)
    assert services.authenticate(cast.token).number == cast.number


def test_a_retired_terminal_cannot_come_back(cast):
    services.retire(cast.number, "报废", actor=cast.admin)
    with pytest.raises(TerminalRetired):
        services.issue_code(cast.number, actor=cast.admin)


@pytest.mark.parametrize("who", ["bureau", "clerk", "officer", "citizen"])
def test_only_the_system_administrator_manages_terminals(cast, who):
    actor, before = getattr(cast, who), list(Terminal.objects.values())
    attempts = [
        lambda: services.register(services.Profile("新终端", "kiosk", "大厅"), {}, actor=actor),
        lambda: services.issue_code(cast.number, actor=actor),
        lambda: services.revoke(cast.number, "丢失", actor=actor),
        lambda: services.retire(cast.number, "报废", actor=actor),
        lambda: services.push([cast.number], {"idle": 60}, actor=actor),
        lambda: services.ask_shot(cast.number, actor=actor),
        lambda: services.add_video("视频", io.BytesIO(b"x"), "a.mp4", actor=actor),
        lambda: services.edit(cast.number, services.Profile("改名", "kiosk", "大厅"), {}, version=1, actor=actor),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert list(Terminal.objects.values()) == before


@pytest.mark.parametrize(
    "profile",
    [
        services.Profile("一", "kiosk", "大厅"),
        services.Profile("终端甲", "robot", "大厅"),
        services.Profile("终端甲", "kiosk", ""),
        services.Profile("终端甲", "kiosk", "大厅", reader="eye"),
        services.Profile("终端甲", "kiosk", "大厅", place="长" * 101),
    ],
)
def test_a_bad_registration_changes_nothing(cast, profile):
    with pytest.raises(Invalid):
        services.register(profile, {}, actor=cast.admin)
    assert Terminal.objects.count() == 1


def test_names_are_unique(cast):
    with pytest.raises(NameTaken):
        services.register(services.Profile("1 号一体机", "kiosk", "大厅"), {}, actor=cast.admin)


def test_a_stale_edit_is_refused(cast):
    profile = services.Profile("1 号一体机", "kiosk", "新大厅", reader="keyboard")
    services.edit(cast.number, profile, {"idle": 60}, version=1, actor=cast.admin)
    with pytest.raises(TerminalChanged):
        services.edit(cast.number, profile, {"idle": 120}, version=1, actor=cast.admin)
    assert (row(cast).config["idle"], row(cast).config_version) == (60, 2)


def test_pushing_reaches_every_chosen_terminal_and_shows_as_stale(cast):
    second, token = make_terminal(cast.admin, "2 号一体机")
    services.beat(services.authenticate(token), {"version": "abc-1"}, "")
    assert services.push([cast.number, second, "ZD9999"], {"idle": 45, "notice": "停电通知"}, actor=cast.admin) == 2
    view = services.authenticate(token)
    assert (view.idle, view.notice, view.fresh) == (45, "停电通知", False)
    assert services.beat(view, {"version": "abc-2"}, "").config_version == 2
    assert services.authenticate(token).fresh


@pytest.mark.parametrize(("numbers", "changes"), [([], {}), (["ZD1"] * 1 + [f"ZD{n}" for n in range(300)], {})])
def test_pushing_to_none_or_too_many_is_refused(cast, numbers, changes):
    with pytest.raises(Invalid):
        services.push(numbers, changes, actor=cast.admin)


@pytest.mark.parametrize(
    "report",
    [
        {},
        {"latency": -1, "printer": "burning", "version": None},
        {"latency": "快", "url": "/kiosk/items/?q=离婚登记", "screen": "x" * 999},
        {"latency": True, "printer": ["ok"], "url": {"a": 1}},
    ],
)
def test_odd_heartbeats_are_kept_as_unknown(cast, report):
    services.beat(services.authenticate(cast.token), report, "10.0.0.7")
    stored = row(cast)
    assert stored.online and stored.printer == "" and "离婚" not in stored.page_url and len(stored.screen) <= 20


def test_a_silent_terminal_goes_offline_alarms_once_and_comes_back(cast, monkeypatch):
    monkeypatch.setattr("shilong.hall.terminals.rules.should_alarm", lambda at, *, workday: True)
    Terminal.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    assert (services.watch(), services.watch()) == (1, 0)
    letters = inbox.inbox(cast.admin.account_id)
    assert [one.title for one in letters] == ["终端离线"] and cast.number in letters.items[0].body
    services.beat(services.authenticate(cast.token), {}, "")
    assert row(cast).online and row(cast).offline_at is None
    assert {"terminal.offline", "terminal.online"} <= set(Event.objects.values_list("topic", flat=True))


def test_a_screenshot_is_asked_for_and_delivered_once(cast):
    terminal = services.authenticate(cast.token)
    services.beat(terminal, {}, "")
    services.ask_shot(cast.number, actor=cast.admin)
    wanted = services.beat(terminal, {}, "").shot
    services.store_shot(terminal, wanted, picture(), "/kiosk/items/?q=x")
    shot = selectors.detail(cast.number, actor=cast.bureau).shots[0]
    assert shot.ready and shot.page_url == "/kiosk/items/" and selectors.shot_file(shot.id, actor=cast.bureau)
    with pytest.raises(NoSuchShot):
        services.store_shot(terminal, wanted, picture(), "")
    assert services.beat(terminal, {}, "").shot is None


def test_a_private_page_is_not_captured(cast):
    terminal = services.authenticate(cast.token)
    services.ask_shot(cast.number, actor=cast.admin)
    services.skip_shot(terminal, services.beat(terminal, {}, "").shot, "private")
    shot = selectors.detail(cast.number, actor=cast.admin).shots[0]
    assert not shot.ready and "个人信息" in shot.reason
    with pytest.raises(NoSuchShot):
        selectors.shot_file(shot.id, actor=cast.admin)


def test_another_terminal_cannot_deliver_this_ones_screenshot(cast):
    _, other = make_terminal(cast.admin, "2 号一体机")
    services.ask_shot(cast.number, actor=cast.admin)
    with pytest.raises(NoSuchShot):
        services.store_shot(services.authenticate(other), row(cast).shot_wanted, picture(), "")


def test_an_offline_terminal_is_not_asked(cast):
    Terminal.objects.update(online=False)
    with pytest.raises(NotOnline):
        services.ask_shot(cast.number, actor=cast.admin)


def test_old_screenshots_are_pruned(cast):
    services.ask_shot(cast.number, actor=cast.admin)
    shot = row(cast).screenshots.get()
    shot.requested_at = timezone.now() - timedelta(days=8)
    shot.save()
    assert services.prune_shots() == 1


def test_cards_are_traced_without_the_number_and_limited(cast):
    terminal = services.authenticate(cast.token)
    for _ in range(20):
        services.card_read(terminal, matched=False, ip="")
    with pytest.raises(TooManyCards):
        services.card_read(terminal, matched=True, ip="")
    assert set(TerminalEvent.objects.filter(action="card").values_list("note", flat=True)) == {"没有匹配到账号"}


def test_prints_are_numbered_and_audited(cast):
    terminal = services.authenticate(cast.token)
    serial = services.record_print(terminal, "document", "石龙受〔2026〕第000001号", "受理通知书", 2, actor=cast.citizen)
    found = selectors.prints(cast.bureau, q=serial).items[0]
    assert (found.pages, found.kind_name, found.signed_in) == (2, "文书", True)
    assert audit.search(audit.Filters(action="terminal.print")).items[0].detail["serial"] == serial


def test_history_cannot_be_rewritten(cast):
    event = TerminalEvent.objects.first()
    for attempt in (event.delete, event.save):
        with pytest.raises(TypeError):
            attempt()


def test_list_and_detail_cost_the_same_for_more_terminals(cast):
    def queries(call):
        with CaptureQueriesContext(
            connection,
        ) as found:
            call()
        return len(found)

    before = queries(lambda: selectors.terminals(cast.admin, {}))
    for number in range(8):
        make_terminal(cast.admin, f"{number + 10} 号")
    assert queries(lambda: selectors.terminals(cast.admin, {})) == before == 2
    assert queries(lambda: selectors.detail(cast.number, actor=cast.admin)) == 5
    assert len(selectors.terminals(cast.admin, {"status": "online", "kind": "kiosk"})) == 9
