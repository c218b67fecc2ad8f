"""数据更正页面：从办件发起、授权、执行，坏输入留在原表，换一个人打不开。"""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shilong.foundation.files.models import StoredFile
from shilong.service.amendments.models import Amendment
from shilong.service.cases.models import Case
from shilong.service.cases.tests.conftest import PDF
from shilong.web.supervise.tests.test_pages import enter, sheet

pytestmark = [pytest.mark.django_db, pytest.mark.req("P04", "P02")]


@pytest.fixture
def case_no(world):
    return world.submit().case_no


def ask(client, case_no, **values):
    data = {"case": case_no, "new.mobile": "13000000009", "reason": "手机号登记错了一位", "files": SimpleUploadedFile("说明.pdf", PDF)}
    return client.post("/supervise/amendments/new/", {key: value for key, value in (data | values).items() if value is not None})


def test_the_whole_way(world, case_no):
    clerk, bureau = enter(world.clerk), enter(world.bureau)
    url = ask(clerk, case_no).url
    number = url.split("/")[-2]
    page = bureau.get(url).content.decode()
    assert "130****0009" in page
    assert "13000000009" not in page
    assert "13000000009" in bureau.post(f"{url}reveal/", {"reason": "授权前核对"}).content.decode()
    assert bureau.get("/supervise/amendments/").context["pending"] == 1
    assert bureau.post(f"{url}authorise/", {"opinion": "属实"}).status_code == 302
    assert "执行更正" in clerk.get(url).content.decode()
    assert clerk.post(f"{url}execute/", {"version": "1"}).status_code == 302
    assert Case.objects.get(case_no=case_no).dossier.mobile == "13000000009"
    assert sheet(clerk.get("/supervise/amendments/export.xlsx"))[1][:2] == [number, case_no]
    file_id = Amendment.objects.get(number=number).file_ids[0]
    assert bureau.get(f"{url}files/{file_id}/").content.startswith(b"%PDF")


def test_mistakes_stay_on_the_form_and_leave_no_files(world, case_no):
    clerk = enter(world.clerk)
    before = StoredFile.objects.count()
    page = ask(clerk, case_no, **{"new.mobile": "123", "reason": "手机号登记错了"})
    assert page.status_code == 422
    text = page.content.decode()
    assert 'value="123"' in text
    assert "手机号登记错了" in text
    assert StoredFile.objects.count() == before
    for values, words in (
        ({"files": None}, "请上传凭据"),
        ({"reason": ""}, "请写明更正理由"),
        ({"new.mobile": ""}, "至少填写一项"),
        ({"files": SimpleUploadedFile("说明.pdf", b"MZ not a pdf")}, ""),
    ):
        page = ask(clerk, case_no, **values)
        assert page.status_code == 422
        assert words in page.content.decode()
    assert not Amendment.objects.exists()


def test_stale_page_and_unknown_steps(world, case_no):
    clerk, bureau = enter(world.clerk), enter(world.bureau)
    url = ask(clerk, case_no).url
    assert bureau.post(f"{url}authorise/").status_code == 302
    assert clerk.post(f"{url}execute/", {"version": ""}).status_code == 409
    assert clerk.post(f"{url}explode/").status_code == 404
    assert clerk.get(f"{url}execute/").status_code == 405
    assert bureau.post(f"{url}refuse/", {"opinion": "凭据看不清楚"}).status_code == 422


def test_another_person_is_turned_away(world, case_no):
    url = ask(enter(world.clerk), case_no).url
    for step in ("authorise", "refuse", "execute"):
        for who in (world.officer, world.outsider, world.citizen):
            assert enter(who).post(f"{url}{step}/", {"opinion": "理由不充分的", "version": 1}).status_code == 403
    assert enter(world.clerk).post(f"{url}authorise/").status_code == 403
    assert enter(world.bureau).post(f"{url}cancel/").status_code == 403
    assert enter(world.outsider).get(url).status_code == 404
    file_id = Amendment.objects.get().file_ids[0]
    assert enter(world.outsider).get(f"{url}files/{file_id}/").status_code == 404
    assert enter(world.clerk).get(f"{url}files/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert enter(world.outsider).get(f"/supervise/amendments/new/?case={case_no}").status_code == 403
    assert Amendment.objects.get().status == "pending"


def test_names_on_the_application_form_are_masked_like_the_registration(world, case_no):
    row = Case.objects.get(case_no=case_no).dossier
    form = json.loads(row.form)
    form["name"], row.applicant_name = "王建国", "王建国"
    row.form = json.dumps(form, ensure_ascii=False)
    row.save(update_fields=["form"])
    body = enter(world.clerk).get("/supervise/amendments/new/", {"case": case_no}).content.decode()
    assert "王*国" in body
    assert "王建国" not in body
