"""六十个内置事项，每一个都能从提交走到归档：审查方案、申请表、时限、特别程序的配置与引擎对得上。"""

import pytest

from shilong.identity import testing as people
from shilong.identity.accounts import selectors as accounts
from shilong.service.cases.testing import drive, submit_case
from shilong.service.cases.tests.conftest import upload
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.testing import CODES, seed_items
from shilong.service.forms.seed import seed_forms

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02", "W06", "W07")]


def test_every_built_in_item_runs_to_the_archive(world):
    seed_forms()
    seed_items()
    firms = {kind: people.make_enterprise(kind=kind) for kind in "23459"}
    for code in CODES.values():
        item = catalog.item(code)
        for department in {item.department, *(t["department"] for r in item.review_plan.get("rounds", []) for t in r["tasks"])}:
            people.make_department(department)
        applicant = world.citizen if "1" in item.server_types else firms[item.server_types[0]]
        who, extra = applicant, {}
        if not item.is_online:
            who, extra = world.clerk, {"applicant": accounts.applicant(applicant.account_id), "channel": "3"}
        view = drive(submit_case(code, actor=who, file_ids=[upload(who)], **extra).case_no, "receive", ("accept", {"present": True}))
        while any(task.stage == "review" for task in view.open_tasks):
            view = drive(view.case_no, "review")
        view = drive(view.case_no, "decide", "deliver", "archive")
        assert view.status == "archived", item.name
