"""从准予到签发：制证幂等、签发、并发、文件。"""

import json
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from shilong.foundation.documents import pades
from shilong.foundation.documents.ofd import reader
from shilong.foundation.events.models import Event
from shilong.foundation.events.registry import EventView
from shilong.foundation.refusals import NotAllowed
from shilong.service.licences import consumers, copies, selectors, services, store
from shilong.service.licences.faces import xml
from shilong.service.licences.models import Licence, LicenceEvent
from shilong.service.licences.refusals import AlreadyValid, FileBroken
from shilong.service.licences.rules import identifiers
from shilong.service.licences.rules.states import NotPossible, State
from shilong.service.licences.tests.conftest import CLOSING, UNEMPLOYED, WEDDING, decide
from shilong.service.seals import services as seals

pytestmark = [pytest.mark.django_db, pytest.mark.req("P05", "P18", "P20")]


def test_a_granted_case_makes_one_licence(hall):
    row = hall.draft()
    assert (row.name, row.state, row.issuer_name) == ("公共场所卫生许可证", State.DRAFT, "平顶山市石龙区卫生健康委员会")
    assert identifiers.parse(row.identifier).version == 1
    assert json.loads(row.face)["KZ_XKXM"]
    event = Event.objects.get(topic="case.decide", key=row.case_no)
    consumers.make(EventView(event.pk, event.topic, event.key, event.payload, event.occurred_at))
    assert Licence.objects.filter(case_no=row.case_no).count() == 1


def test_a_denied_case_makes_nothing(hall):
    from io import BytesIO

    from shilong.foundation.files import services as files
    from shilong.foundation.jobs.services import run_pending
    from shilong.service.cases import testing as cases
    from shilong.service.cases.tests.conftest import PDF
    from shilong.service.licences.tests.conftest import HYGIENE

    file_id = str(files.store(BytesIO(PDF), "材料.pdf", owner_id=hall.holder.account_id).id)
    case_no = cases.submit_case(HYGIENE, actor=hall.holder, file_ids=[file_id]).case_no
    decide(case_no, "deny")
    run_pending()
    assert not Licence.objects.exists()


def test_marriage_is_paper_only(hall):
    case_no = hall.grant_case(item=WEDDING)
    assert not Licence.objects.filter(case_no=case_no).exists()


def test_issued_licence_is_sealed_and_verifiable(hall):
    row = services.issue(hall.draft().uid, actor=hall.leader)
    assert (row.state, row.issue_date, row.issued_by) == (State.VALID, date.today(), "陈主任")
    assert row.valid_end is not None and row.valid_end.year in (date.today().year + 4, date.today().year + 3)
    ofd = store.load(row, "ofd")
    report = seals.verify(ofd)
    assert report.ok, [(check.name, check.detail) for check in report.failures]
    assert row.number in reader.text(ofd)
    facts = xml.from_ofd(ofd)
    assert (facts["ZZBS"], facts["CZZT"], facts["ZZQZMC"]) == (row.identifier, "测试甲", row.seal_name)
    pdf = copies.load(row, "pdf")
    assert pades.verify(pdf, pades.roots()).ok


def test_files_are_stored_encrypted_and_tampering_is_noticed(hall):
    row = services.issue(hall.draft().uid, actor=hall.leader)
    path = store._path(row, "ofd", row.ofd_digest)
    assert not path.read_bytes().startswith(b"PK")
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(FileBroken):
        store.load(row, "ofd")


@pytest.mark.parametrize("who", ["outsider", "outside_leader", "clerk", "holder", "bureau"])
def test_only_the_issuing_department_issues(hall, who):
    row = hall.draft()
    with pytest.raises(NotAllowed):
        services.issue(row.uid, actor=getattr(hall, who))
    row.refresh_from_db()
    assert (row.state, row.ofd_digest) == (State.DRAFT, "")


def test_issuing_needs_the_right_to_seal(hall):
    """本部门的人没有用章授权也签不成，什么都不留下。"""
    row = hall.draft()
    with pytest.raises(NotAllowed):
        services.issue(row.uid, actor=hall.officer)
    row.refresh_from_db()
    assert (row.state, row.ofd_digest, row.code_digest) == (State.DRAFT, "", "")


def test_issuing_twice_is_refused(hall):
    row = services.issue(hall.draft().uid, actor=hall.leader)
    with pytest.raises(NotPossible):
        services.issue(row.uid, actor=hall.leader)
    assert LicenceEvent.objects.filter(licence=row, action="issue").count() == 1


def test_one_valid_licence_per_holder(hall):
    first = services.issue(hall.draft().uid, actor=hall.leader)
    second = hall.draft()
    with pytest.raises(AlreadyValid) as refused:
        services.issue(second.uid, actor=hall.leader)
    assert first.number in refused.value.text
    second.refresh_from_db()
    assert second.state == State.DRAFT


def test_database_keeps_one_valid_even_if_code_forgets(hall):
    services.issue(hall.draft().uid, actor=hall.leader)
    second = hall.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Licence.objects.filter(pk=second.pk).update(state=State.VALID)


def test_vouchers_are_issued_without_waiting(hall):
    from shilong.identity import testing as people
    from shilong.identity.roles.actor import Role
    from shilong.service.seals.testing import make_seal

    labour = people.make_staff(Role.LEADER, department="rsj", name="人社局长")
    make_seal("rsj", "11", leader=labour, bureau=hall.bureau)
    case_no = hall.grant_case(item=UNEMPLOYED)
    row = Licence.objects.get(case_no=case_no)
    assert (row.state, row.issued_by, row.problem) == (State.VALID, "系统", "")


def test_automatic_issue_without_a_seal_says_why(hall):
    row = Licence.objects.get(case_no=hall.grant_case(item=UNEMPLOYED))
    assert row.state == State.DRAFT
    assert "还没有启用" in row.problem


def test_granted_closing_cancels_the_business_licence(hall):
    from shilong.identity import testing as people

    firm = people.make_enterprise("平顶山市石龙区虚构一号有限公司")
    kind = type(hall.kind).objects.get(name="营业执照")
    from shilong.foundation.gm.fields import blind_index
    from shilong.identity.accounts import selectors as accounts
    from shilong.service.licences.services.making import draft

    code = accounts.applicant(firm.account_id).id_no
    holder = {"holder_name": "公司", "holder_kind": "2", "holder_code": code, "holder_code_type": "001", "holder_index": blind_index(code)}
    row = draft(kind, holder, department="scjg", created_by="测试", state=State.VALID)
    case_no = hall.grant_case(item=CLOSING, actor=firm)
    row.refresh_from_db()
    assert row.state == State.CANCELLED
    assert row.history.get(action="cancel").document_no == case_no


def test_rows_cannot_be_deleted_or_rewritten(hall):
    row = hall.draft()
    with pytest.raises(TypeError):
        row.delete()
    entry = LicenceEvent.objects.filter(licence=row).first()
    assert entry is not None
    entry.reason = "改一下"
    with pytest.raises(TypeError):
        entry.save()
    for statement in ("DELETE FROM licences_licence", "UPDATE licences_licenceevent SET reason = '改'"):
        with pytest.raises(Exception, match="不可"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_holder_sees_only_their_own(hall):
    row = services.issue(hall.draft().uid, actor=hall.leader)
    assert [one.uid for one in selectors.mine(hall.holder)] == [str(row.uid)]
    assert selectors.mine(hall.stranger) == []
    with pytest.raises(NotAllowed):
        selectors.licence(row.uid, hall.stranger)


def test_office_sees_the_face_before_and_after_issue(hall):
    from shilong.service.licences.selectors import keeping

    row = hall.draft()
    assert keeping.picture(row.uid, hall.leader).startswith(b"\x89PNG")
    services.issue(row.uid, actor=hall.leader)
    assert keeping.picture(row.uid, hall.leader).startswith(b"\x89PNG")
    with pytest.raises(NotAllowed):
        keeping.picture(row.uid, hall.outside_leader)
