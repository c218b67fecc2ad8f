"""编辑—提交—审核—发布—下线；每个动作换一个人不行。"""

import pytest
from django.db import IntegrityError, transaction

from shilong.foundation.events.models import Event
from shilong.foundation.refusals import Invalid, NotAllowed, NotSignedIn, Refused, StaleVersion
from shilong.identity.roles.actor import ANONYMOUS
from shilong.service.catalog import selectors, services, testing
from shilong.service.catalog.models import ItemVersion
from shilong.service.catalog.refusals import NotUnderReview, QualityFailed, SelfReview, Unchanged, UnderReview
from shilong.service.catalog.tests.conftest import BUREAU, CITIZEN, EDITOR, FOOD_EDITOR, OTHER_EDITOR, WINDOW

FOOD = testing.FOOD


def edited(**changes):
    draft = services.open_draft(FOOD, actor=EDITOR)
    return services.save_draft(FOOD, changes or {"promise_day": 3}, actor=EDITOR, revision=draft.revision)


def submitted(**changes):
    return services.submit_review(FOOD, actor=EDITOR, revision=edited(**changes).revision)


@pytest.mark.req("P03")
def test_publish_makes_a_new_version_and_keeps_the_old_one(seeded):
    version = submitted()
    assert selectors.item(FOOD).promise_days == 5
    services.publish(FOOD, actor=BUREAU, revision=version.revision)
    assert (selectors.item(FOOD).version, selectors.item(FOOD).promise_days) == (2, 3)
    assert selectors.item(FOOD, 1).promise_days == 5
    assert next(row for row in selectors.published(q="食品经营许可").items if row.code == FOOD).promise_days == 3
    assert Event.objects.filter(topic="catalog.publish", key=FOOD).count() == 1


@pytest.mark.req("P03")
@pytest.mark.parametrize("actor", [CITIZEN, WINDOW, BUREAU])
def test_only_catalog_editors_can_edit(seeded, actor):
    draft = services.open_draft(FOOD, actor=EDITOR)
    for attempt in (
        lambda: services.open_draft(FOOD, actor=actor),
        lambda: services.save_draft(FOOD, {"promise_day": 3}, actor=actor, revision=draft.revision),
        lambda: services.submit_review(FOOD, actor=actor, revision=draft.revision),
        lambda: services.discard(FOOD, actor=actor),
        lambda: services.import_json({"items": [{}]}, actor=actor),
        lambda: services.import_upstream({"items": [{}]}, actor=actor),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert services.open_draft(FOOD, actor=EDITOR).revision == draft.revision


def test_anonymous_must_sign_in(seeded):
    with pytest.raises(NotSignedIn):
        services.open_draft(FOOD, actor=ANONYMOUS)


@pytest.mark.req("P03")
def test_department_editor_stays_in_the_department(seeded):
    services.open_draft(FOOD, actor=FOOD_EDITOR)
    with pytest.raises(NotAllowed):
        services.open_draft(testing.ROAD, actor=FOOD_EDITOR)


@pytest.mark.req("P03")
def test_nobody_reviews_their_own_work(seeded):
    draft = services.open_draft(FOOD, actor=OTHER_EDITOR)
    saved = services.save_draft(FOOD, {"promise_day": 3}, actor=EDITOR, revision=draft.revision)
    version = services.submit_review(FOOD, actor=EDITOR, revision=saved.revision)
    for actor in (EDITOR, OTHER_EDITOR):
        with pytest.raises(SelfReview):
            services.publish(FOOD, actor=actor, revision=version.revision)
        with pytest.raises(SelfReview):
            services.reject(FOOD, actor=actor, revision=version.revision, opinion="不同意")
    for actor in (CITIZEN, WINDOW):
        with pytest.raises(NotAllowed):
            services.publish(FOOD, actor=actor, revision=version.revision)
    assert selectors.item(FOOD).version == 1


@pytest.mark.req("P03")
def test_another_editor_can_review(seeded):
    version = submitted()
    services.publish(FOOD, actor=OTHER_EDITOR, revision=version.revision)
    assert selectors.item(FOOD).version == 2


def test_database_refuses_self_review(seeded):
    version = submitted()
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemVersion.objects.filter(pk=version.pk).update(reviewer_id=EDITOR.account_id)


@pytest.mark.req("P03")
def test_reject_then_fix_then_publish(seeded):
    version = submitted()
    with pytest.raises(Invalid):
        services.reject(FOOD, actor=BUREAU, revision=version.revision, opinion=" ")
    rejected = services.reject(FOOD, actor=BUREAU, revision=version.revision, opinion="承诺时限请与科室核对")
    with pytest.raises(NotUnderReview):
        services.publish(FOOD, actor=BUREAU, revision=rejected.revision)
    again = services.save_draft(FOOD, {"promise_day": 4}, actor=EDITOR, revision=rejected.revision)
    final = services.submit_review(FOOD, actor=EDITOR, revision=again.revision)
    services.publish(FOOD, actor=BUREAU, revision=final.revision)
    assert selectors.item(FOOD).promise_days == 4


def test_bad_content_cannot_be_submitted(seeded):
    draft = edited(promise_day=99)
    with pytest.raises(QualityFailed) as failure:
        services.submit_review(FOOD, actor=EDITOR, revision=draft.revision)
    assert "promise_day" in failure.value.fields


def test_unchanged_version_is_not_submitted(seeded):
    draft = services.open_draft(FOOD, actor=EDITOR)
    with pytest.raises(Unchanged):
        services.submit_review(FOOD, actor=EDITOR, revision=draft.revision)


def test_stale_edit_is_refused(seeded):
    draft = edited()
    with pytest.raises(StaleVersion):
        services.save_draft(FOOD, {"promise_day": 1}, actor=OTHER_EDITOR, revision=draft.revision - 1)


def test_no_editing_while_under_review(seeded):
    version = submitted()
    with pytest.raises(UnderReview):
        services.save_draft(FOOD, {"promise_day": 1}, actor=EDITOR, revision=version.revision)


@pytest.mark.parametrize(
    "changes",
    [{"nonsense": 1}, {"task_type": "77"}, {"promise_day": "五"}, {"promise_day": -1}, {"materials": "全部"}, {"by_law": [["a"]]},
     {"review_plan": []}, {"situations": [{"question": "？"}]}, {"server_type": ["x"]}, {"department": "wjw"},
     {"materials": [{"code": "M01", "name": "表", "when": ["a", "eval", "b"]}]}],
)  # fmt: skip
def test_malformed_content_is_explained(seeded, changes):
    draft = services.open_draft(FOOD, actor=EDITOR)
    with pytest.raises(Invalid) as failure:
        services.save_draft(FOOD, changes, actor=EDITOR, revision=draft.revision)
    assert failure.value.fields


@pytest.mark.req("P03")
def test_withdraw_and_restore(seeded):
    with pytest.raises(NotAllowed):
        services.withdraw(FOOD, actor=EDITOR, reason="机构改革")
    with pytest.raises(Invalid):
        services.withdraw(FOOD, actor=BUREAU, reason="")
    services.withdraw(FOOD, actor=BUREAU, reason="机构改革")
    with pytest.raises(selectors.ItemUnavailable):
        selectors.item(FOOD)
    assert selectors.item(FOOD, 1).name == "食品经营许可（新办）"
    assert FOOD not in [row.code for row in selectors.published(size=100).items]
    with pytest.raises(NotAllowed):
        services.restore(FOOD, actor=EDITOR)
    services.restore(FOOD, actor=BUREAU)
    assert selectors.item(FOOD).version == 1


def test_cancelled_item_never_comes_back(seeded):
    services.withdraw(FOOD, actor=BUREAU, reason="目录取消", cancelled=True)
    with pytest.raises(Refused):
        services.restore(FOOD, actor=BUREAU)
    draft = edited()
    with pytest.raises(QualityFailed):
        services.submit_review(FOOD, actor=EDITOR, revision=draft.revision)


@pytest.mark.req("P03")
def test_compare_names_what_changed(seeded):
    version = submitted(promise_day=3, server_type=["1", "2"])
    services.publish(FOOD, actor=BUREAU, revision=version.revision)
    changes = {change.field: change for change in services.compare(FOOD, 1, 2)}
    assert set(changes) == {"promise_day", "server_type"}
    assert (changes["promise_day"].before, changes["promise_day"].after) == ("5", "3")
    assert changes["server_type"].after == "自然人、企业法人"
