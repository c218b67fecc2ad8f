"""用章授权：谁能授、授给谁、什么条件；撤销立即生效。"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.audit.models import AuditEntry
from shilong.foundation.refusals import NotAllowed
from shilong.identity import testing as people
from shilong.identity.roles.actor import Role, Scope
from shilong.service.seals import refusals, services
from shilong.service.seals.models import Grant
from shilong.service.seals.tests.conftest import terms

pytestmark = [pytest.mark.django_db, pytest.mark.req("P06")]


def test_granting_and_revoking_take_effect_at_once(stamp, seal_no, cast):
    with pytest.raises(refusals.NotAuthorisedToSeal):
        stamp(cast.clerk)
    grant_id = services.grant(seal_no, cast.clerk.account_id, terms(), actor=cast.leader)
    assert stamp(cast.clerk)
    with pytest.raises(refusals.NotAuthorisedToSeal):
        stamp(cast.clerk, doc_type="acceptance")
    services.revoke(grant_id, actor=cast.leader, reason="已调离岗位")
    with pytest.raises(refusals.NotAuthorisedToSeal):
        stamp(cast.clerk)
    first = Grant.objects.get(pk=grant_id).revoked_at
    services.revoke(grant_id, actor=cast.bureau, reason="再撤一次看看")
    assert Grant.objects.get(pk=grant_id).revoked_at == first
    assert set(AuditEntry.objects.filter(action__in=("seal.grant", "seal.revoke_grant")).values_list("action", flat=True)) == {
        "seal.grant",
        "seal.revoke_grant",
    }


def test_another_person_cannot_grant_or_revoke(seal_no, cast):
    grant_id = services.grant(seal_no, cast.clerk.account_id, terms(), actor=cast.leader)
    for who in (cast.outside, cast.officer, cast.clerk, cast.catalog, cast.auditor, cast.citizen):
        with pytest.raises(NotAllowed):
            services.grant(seal_no, cast.clerk.account_id, terms(), actor=who)
        with pytest.raises(NotAllowed):
            services.revoke(grant_id, actor=who, reason="已调离岗位")
    assert Grant.objects.get(pk=grant_id).revoked_at is None


def test_nobody_grants_themselves(seal_no, cast):
    with pytest.raises(refusals.SelfGrant):
        services.grant(seal_no, cast.leader.account_id, terms(), actor=cast.leader)
    row = Grant.objects.filter(account_id=cast.officer.account_id).get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(pk=row.pk).update(granted_by_id=row.account_id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"doc_types": []}, "doc_types"),
        ({"doc_types": ["nope"]}, "doc_types"),
        ({"until": timezone.now() - timedelta(days=1)}, "until"),
        ({"until": timezone.now() + timedelta(days=4000)}, "until"),
        ({"reason": "用"}, "reason"),
    ],
)
def test_bad_terms_are_explained(seal_no, cast, changes, field):
    with pytest.raises(refusals.SealInvalid) as caught:
        services.grant(seal_no, cast.clerk.account_id, terms(**changes), actor=cast.leader)
    assert caught.value.fields[field]


def test_only_staff_can_be_granted(seal_no, cast):
    for account in (cast.citizen.account_id, 10**9):
        with pytest.raises(refusals.SealInvalid, match="按提示"):
            services.grant(seal_no, account, terms(), actor=cast.leader)
    services.grant(seal_no, people.make_staff(Role.WINDOW, scope=Scope.OWN).account_id, terms(), actor=cast.leader)


def test_unknown_seal_and_grant(seal_no, cast):
    with pytest.raises(refusals.SealNotFound):
        services.grant("YZ0", cast.clerk.account_id, terms(), actor=cast.leader)
    with pytest.raises(refusals.GrantNotFound):
        services.revoke(10**9, actor=cast.leader, reason="已调离岗位")
    with pytest.raises(refusals.SealInvalid):
        services.revoke(1, actor=cast.leader, reason="")
