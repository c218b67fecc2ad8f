"""并发：八个部门同时办结，母件一件不丢；同时提交只有一件。SQLite 与 PostgreSQL 都要过。"""

import threading

import pytest
from django.db import connection

from shilong.foundation.jobs.services import run_pending
from shilong.service.cases.models import Case
from shilong.service.catalog.testing import seed_only
from shilong.service.joint import seed, services
from shilong.service.joint.models import Bundle, Member, Theme, ThemeVersion
from shilong.service.joint.tests.conftest import build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W06", "W13")]
EIGHT = (1, 8, 44, 45, 50, 54, 55, 56)


def at_once(jobs):
    errors = []
    gate = threading.Barrier(len(jobs))

    def run(job):
        try:
            gate.wait()
            job()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not errors, errors


@pytest.fixture
def eight(transactional_db):
    from django.utils import timezone

    town = build(lambda: seed_only(*EIGHT), "restaurant")
    parts = [{"key": f"p{seq}", "item": seed._codes()[seq], "label": str(seq)} for seq in EIGHT]
    content = {
        "name": "八部门",
        "intro": "八个部门并联",
        "audience": "corp",
        "lead": "scjg",
        "questions": [],
        "parts": parts,
        "materials": [],
    }
    assert services.problems_of(content) == {}
    theme = Theme.objects.create(code="eight", name="八部门", state=Theme.State.ACTIVE, current=1)
    ThemeVersion.objects.create(theme=theme, number=1, content=content, publisher_name="测试", published_at=timezone.now())
    return town


def test_eight_departments_finish_at_once_and_none_is_lost(eight):
    bundle = eight.submit("eight")
    assert bundle.members.count() == 8
    run_pending()
    rows = list(bundle.members.values_list("case_no", "case_version"))
    at_once([lambda no=no, version=version: services.follow(no, "granted", version + 1) for no, version in rows])
    bundle.refresh_from_db()
    assert set(bundle.members.values_list("stage", flat=True)) == {Member.Stage.GRANTED}
    assert bundle.state == Bundle.State.FINISHED
    assert bundle.finished_at is not None


def test_concurrent_submission_makes_one_bundle(eight):
    at_once([lambda: eight.submit("eight", key="same") for _ in range(4)])
    assert Bundle.objects.count() == 1
    assert Case.objects.count() == 8
