"""评价的故事：邀请、一环节一评与追评、本人才能评、链接、间隔、默认评价、汇总不重不漏。"""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from shilong.foundation.events.models import Event
from shilong.foundation.files import selectors as stored
from shilong.foundation.files.refusals import Disguised
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.notify.models import Delivery, Message
from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.identity.roles.actor import ANONYMOUS
from shilong.service.cases.models import Dossier
from shilong.service.cases.refusals import OthersCase, ProgressNotMatched
from shilong.service.cases.rules import Action
from shilong.service.cases.testing import drive
from shilong.service.ratings import selectors, services
from shilong.service.ratings.models import Occasion, Rating, RatingFile, Tally, Ticket
from shilong.service.ratings.refusals import (
    AlreadyRated,
    LinkUnusable,
    NotRateableYet,
    NotYours,
    ReasonNeeded,
    StaffCannotRate,
    TooManyFiles,
    TooSoon,
)
from shilong.service.ratings.services import Opinion, attachments, defaults, tallies
from shilong.service.ratings.tests.conftest import BAD, GOOD, picture

pytestmark = [pytest.mark.django_db, pytest.mark.req("W03", "P07")]


def link_of(case_no: str) -> str:
    """短信里的链接令牌。"""
    delivery = Delivery.objects.get(message__subject_no=case_no, message__template="rating_invite")
    return re.search(r"/r/([\w-]+)/", delivery.content).group(1)


def totals() -> dict[str, int]:
    """全部格的合计，按方面。"""
    found: dict[str, int] = {}
    for row in Tally.objects.all():
        for name in ("due", "a1", "a2", "a5", "d5", "named", "excluded"):
            found[f"{row.facet}.{name}"] = found.get(f"{row.facet}.{name}", 0) + getattr(row, name)
    return {key: value for key, value in found.items() if value}


def test_finished_case_invites_the_applicant_once(hall):
    case_no = hall.finished()
    message = Message.objects.get(template="rating_invite", subject_no=case_no)
    assert message.account_id == hall.world.citizen.account_id
    assert Occasion.objects.get(case_no=case_no).node == "6"
    drive(case_no, Action.DELIVER, Action.ARCHIVE)
    run_pending()
    assert Message.objects.filter(template="rating_invite").count() == 1
    assert Occasion.objects.filter(case_no=case_no, required=True).count() == 1


def test_one_rating_then_one_follow_up_then_no_more(hall):
    case_no, citizen = hall.finished(), hall.world.citizen
    services.rate_case(case_no, "6", GOOD, actor=citizen, pf="1")
    services.rate_case(case_no, "6", BAD, actor=citizen, pf="2")
    with pytest.raises(AlreadyRated):
        services.rate_case(case_no, "6", GOOD, actor=citizen, pf="2")
    assert list(Rating.objects.order_by("number").values_list("number", "satisfaction", "pf")) == [(1, 5, "1"), (2, 2, "2")]
    view = selectors.case_ratings(case_no, citizen)
    assert [(node.name, node.left) for node in view.nodes] == [("办结", 0), ("受理", 2), ("申报", 2)]


def test_each_node_is_rated_on_its_own(hall):
    case_no = hall.finished()
    services.rate_case(case_no, "2", GOOD, actor=hall.world.citizen, pf="1")
    services.rate_case(case_no, "6", GOOD, actor=hall.world.citizen, pf="1")
    assert Rating.objects.count() == 2
    with pytest.raises(NotRateableYet):
        services.rate_case(case_no, "4", GOOD, actor=hall.world.citizen, pf="1")


def test_only_the_person_served_may_rate(hall):
    case_no = hall.finished()
    with pytest.raises(OthersCase):
        services.rate_case(case_no, "6", GOOD, actor=hall.world.other_citizen, pf="1")
    with pytest.raises(NotSignedIn):
        services.rate_case(case_no, "6", GOOD, actor=ANONYMOUS, pf="1")
    for staff in (hall.world.officer, hall.world.clerk, hall.world.bureau):
        with pytest.raises(StaffCannotRate):
            services.rate_case(case_no, "6", GOOD, actor=staff, pf="1")
    with pytest.raises(OthersCase):
        selectors.case_ratings(case_no, hall.world.other_citizen)
    assert not Rating.objects.exists()


def test_link_works_once_and_only_for_the_owner(hall):
    token = link_of(hall.finished())
    assert selectors.service_by_link(token, ANONYMOUS).again is False
    with pytest.raises(NotYours):
        services.rate_by_link(token, GOOD, actor=hall.world.other_citizen)
    with pytest.raises(StaffCannotRate):
        services.rate_by_link(token, GOOD, actor=hall.world.officer)
    made = services.rate_by_link(token, GOOD, actor=ANONYMOUS)
    assert (made.pf, made.satisfaction) == ("6", 5)
    with pytest.raises(LinkUnusable, match="已经用过"):
        services.rate_by_link(token, GOOD, actor=ANONYMOUS)


def test_refused_content_does_not_use_up_the_link(hall):
    token = link_of(hall.finished())
    with pytest.raises(ReasonNeeded):
        services.rate_by_link(token, Opinion(1), actor=ANONYMOUS)
    assert services.rate_by_link(token, GOOD, actor=ANONYMOUS).number == 1


def test_link_expires(hall):
    token = link_of(hall.finished())
    row = Occasion.objects.get().tokens.get()
    row.expires_at = timezone.now()
    row.save()
    with pytest.raises(LinkUnusable, match="有效期"):
        services.rate_by_link(token, GOOD, actor=ANONYMOUS)
    with pytest.raises(LinkUnusable, match="不对"):
        services.rate_by_link("FW2026-x", GOOD, actor=ANONYMOUS)


def test_same_person_same_window_waits_ten_minutes(hall):
    terminal = hall.terminal()
    first, second = hall.finished(), hall.finished()
    for case_no in (first, second):
        drive(case_no, (Action.DELIVER, None, hall.window_clerk))
    run_pending()
    now = timezone.now()
    rows = [Occasion.objects.get(case_no=case_no, node="6") for case_no in (first, second)]
    uids = [row.uid for row in rows]
    client = [row.uid for row in rows]
    services.rate_on_terminal(terminal, client[0], uids[0], GOOD, now)
    with pytest.raises(TooSoon):
        services.rate_on_terminal(terminal, client[1], uids[1], GOOD, now)
    Rating.objects.update(rated_at=now - timedelta(minutes=11))
    assert services.rate_on_terminal(terminal, client[1], uids[1], GOOD, now).pf == "4"


def test_default_rating_after_five_days_once(hall):
    case_no = hall.finished()
    now = timezone.now()
    assert defaults.fill(now + timedelta(days=4)) == 0
    assert defaults.fill(now + timedelta(days=6)) == 1
    assert defaults.fill(now + timedelta(days=7)) == 0
    made = Rating.objects.get()
    assert (made.pf, made.satisfaction, made.automatic) == ("7", 5, True)
    services.rate_case(case_no, "6", BAD, actor=hall.world.citizen, pf="2")
    run_pending()
    assert Rating.objects.get(number=2).satisfaction == 2
    assert totals()["all.a2"] == 1
    assert "all.d5" not in totals()


def test_rated_services_get_no_default(hall):
    case_no = hall.finished()
    services.rate_case(case_no, "6", GOOD, actor=hall.world.citizen, pf="1")
    assert defaults.fill(timezone.now() + timedelta(days=30)) == 0


def test_tallies_count_each_service_once_however_often_events_come(hall):
    case_no = hall.finished()
    services.rate_case(case_no, "6", BAD, actor=hall.world.citizen, pf="2")
    run_pending()
    before = totals()
    assert {key: before[key] for key in ("all.due", "all.a2", "all.named", "tag.a2", "pf.a2", "hour.a2", "staff.a2")} == dict.fromkeys(
        ("all.due", "all.a2", "all.named", "tag.a2", "pf.a2", "hour.a2", "staff.a2"), 1
    )
    for _ in range(2):
        tallies.count(Occasion.objects.get().pk)
    assert totals() == before
    assert tallies.rebuild() == 1
    assert totals() == before
    services.rate_case(case_no, "6", GOOD, actor=hall.world.citizen, pf="2")
    run_pending()
    assert totals()["all.a5"] == 1
    assert "all.a2" not in totals()


def test_praise_is_counted_by_the_month_and_shown_on_the_guide(hall):
    services.rate_case(hall.finished(), "6", GOOD, actor=hall.world.citizen, pf="2")
    run_pending()
    assert {row.day.day for row in Tally.objects.filter(facet="praise")} == {1}
    found = selectors.item_summary(hall.world.item_code)
    assert (found.good_rate, found.tags) == (100.0, [("一窗受理一次办结", 1), ("服务热情效率高", 1)])
    before = totals()
    tallies.rebuild()
    assert totals() == before


def test_named_bad_rating_opens_a_ticket_and_anonymous_does_not(hall):
    one, other = hall.finished(), hall.finished()
    services.rate_case(one, "6", replace(BAD, anonymous=True), actor=hall.world.citizen, pf="2")
    assert not Ticket.objects.exists()
    services.rate_case(other, "6", BAD, actor=hall.world.citizen, pf="2")
    ticket = Ticket.objects.get()
    assert (ticket.stage, ticket.department) == ("10", "scjg")
    run_pending()
    told = set(Message.objects.filter(template="rating_ticket").values_list("account_id", flat=True))
    assert told == {hall.world.leader.account_id, hall.world.officer.account_id, hall.handler.account_id} - {ticket.staff_id}


def test_phone_rating_needs_the_query_code_and_the_bureau(hall):
    case_no = hall.finished()
    code = Dossier.objects.get(case__case_no=case_no).query_code
    with pytest.raises(NotAllowed):
        services.record_by_phone(case_no, code, GOOD, actor=hall.world.officer, ip="127.0.0.1")
    with pytest.raises(ProgressNotMatched):
        services.record_by_phone(case_no, "000000" if code != "000000" else "111111", GOOD, actor=hall.world.bureau, ip="127.0.0.1")
    made = services.record_by_phone(case_no, code, GOOD, actor=hall.world.bureau, ip="127.0.0.1")
    assert (made.pf, made.recorded_by) == ("8", hall.world.bureau.account_id)


def test_files_are_judged_by_content_and_counted(hall):
    case_no = hall.finished()
    fake = (picture()[0], "现场.mp4")
    for files in ([fake], [(picture()[0], f"{n}.png") for n in range(7)]):
        with pytest.raises((TooManyFiles, Disguised)):
            services.rate_case(case_no, "6", replace(GOOD, files=files), actor=hall.world.citizen, pf="1")
        assert not Rating.objects.exists()
    services.rate_case(case_no, "6", replace(GOOD, files=[picture()]), actor=hall.world.citizen, pf="1")
    assert RatingFile.objects.get().video is False


def test_video_is_transcoded_or_kept_with_a_note(hall, tmp_path, monkeypatch):
    program = shutil.which("ffmpeg")
    if program is None:
        pytest.skip("没有 ffmpeg；请安装 ffmpeg 软件包")
    source = tmp_path / "录像.webm"
    command = [program, "-v", "error", "-f", "lavfi", "-i", "color=c=blue:s=65x49:d=0.4", "-c:v", "libvpx", str(source)]
    subprocess.run(command, check=True)
    case_no = hall.finished()
    with source.open("rb") as stream:
        services.rate_case(case_no, "6", replace(GOOD, files=[(stream, "录像.webm")]), actor=hall.world.citizen, pf="1")
    row = RatingFile.objects.get()
    with monkeypatch.context() as patch:
        patch.setattr(attachments.shutil, "which", lambda name: None)
        attachments.convert(row.pk)
    row.refresh_from_db()
    assert "ffmpeg" in row.note
    RatingFile.objects.update(note="")
    run_pending()
    row.refresh_from_db()
    assert row.playable_id is not None
    assert stored.get(row.playable_id).mime == "video/mp4"


def test_staff_never_see_who_rated(hall):
    case_no = hall.finished()
    services.rate_case(case_no, "6", Opinion(2, ["213"], "我是王建国，电话13900000001", anonymous=True), actor=hall.world.citizen, pf="2")
    row = selectors.ratings(hall.world.officer, {}).items[0]
    assert "王建国" not in repr(row)
    assert "13900000001" not in repr(row)
    assert row.case_no == ""
    public = selectors.public_page().items[0]
    assert "王建国" not in repr(public)
    assert public.who == "匿名评价"


def test_other_departments_do_not_see_the_list(hall):
    hall.bad()
    assert len(selectors.ratings(hall.world.outsider, {}).items) == 0
    assert len(selectors.tickets(hall.world.outsider, {}).items) == 0
    with pytest.raises(NotAllowed):
        selectors.ratings(hall.world.citizen, {})


def test_ratings_cannot_be_deleted_even_in_sql(hall):
    services.rate_case(hall.finished(), "6", GOOD, actor=hall.world.citizen, pf="1")
    with pytest.raises(DatabaseError, match="不可"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ratings_rating")
    assert Rating.objects.count() == 1


def test_database_refuses_a_third_rating(hall):
    services.rate_case(hall.finished(), "6", GOOD, actor=hall.world.citizen, pf="1")
    row = Rating.objects.get()
    for number in (1, 3):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rating.objects.create(occasion=row.occasion, number=number, satisfaction=5, pf="1", rated_at=timezone.now(), department="scjg")


def test_events_carry_no_personal_information(hall):
    services.rate_case(hall.finished(), "6", BAD, actor=hall.world.citizen, pf="1")
    for event in Event.objects.filter(topic__startswith="rating."):
        assert set(event.payload) <= {"occasion", "rating", "ticket"}
