"""实名等级：怎样提升、谁能提升、门槛。"""

import pytest

from shilong.foundation.refusals import NotAllowed
from shilong.identity import testing
from shilong.identity.accounts import selectors as accounts
from shilong.identity.realname import rules, selectors, services
from shilong.identity.roles.actor import Role

pytestmark = [pytest.mark.django_db, pytest.mark.req("W05")]


@pytest.mark.parametrize(("level", "needed", "passes"), [(0, rules.APPLY, False), (1, rules.APPLY, True), (2, 3, False), (4, 3, True)])
def test_threshold(level, needed, passes):
    actor = testing.make_citizen(level=level)
    if passes:
        services.require_level(actor, needed)
    else:
        with pytest.raises(services.LevelTooLow, match="实名等级"):
            services.require_level(actor, needed)


def test_counter_verification_needs_the_real_document():
    citizen, window = testing.make_citizen(level=0), testing.make_staff(Role.WINDOW)
    with pytest.raises(services.IdMismatch):
        services.verify_at_counter(citizen.account_id, "410404190001010010", actor=window)
    id_no = accounts.applicant(citizen.account_id).id_no
    assert services.verify_at_counter(citizen.account_id, id_no.lower(), actor=window) == 3
    assert accounts.actor_for(citizen.account_id).realname_level == 3
    assert [(row.before, row.level, row.method) for row in selectors.history(citizen.account_id)] == [
        ("未实名", "人脸或窗口面核", "窗口面核")
    ]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SYSADMIN, Role.BUREAU])
def test_only_window_staff_verify_at_counter(role):
    citizen = testing.make_citizen(level=0)
    with pytest.raises(NotAllowed):
        services.verify_at_counter(citizen.account_id, accounts.applicant(citizen.account_id).id_no, actor=testing.make_staff(role))
    with pytest.raises(NotAllowed):
        services.verify_at_counter(citizen.account_id, accounts.applicant(citizen.account_id).id_no, actor=citizen)


def test_production_does_not_pass_format_checks_off_as_verification(settings):
    settings.MODE = "production"
    citizen = testing.make_citizen(level=0)
    with pytest.raises(services.VerifyAtCounter):
        services.verify_online(actor=citizen)
    assert accounts.actor_for(citizen.account_id).realname_level == 0
