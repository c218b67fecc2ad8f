"""个人偏好只属于本人。"""

import pytest

from shilong.foundation.refusals import Invalid, NotSignedIn
from shilong.identity import testing
from shilong.identity.accounts import preferences
from shilong.identity.roles.actor import ANONYMOUS, Role

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02")]


def test_saved_for_oneself_only():
    me, other = testing.make_staff(Role.WINDOW), testing.make_staff(Role.WINDOW)
    preferences.save(me, "phrase", "同意", "材料齐全，同意。")
    preferences.save(me, "phrase", "同意", "符合条件，同意。")
    assert [row.value for row in preferences.named(me, "phrase")] == ["符合条件，同意。"]
    assert preferences.named(other, "phrase") == preferences.named(ANONYMOUS, "phrase") == []
    preferences.delete(other, "phrase", "同意")
    assert len(preferences.named(me, "phrase")) == 1
    preferences.delete(me, "phrase", "同意")
    assert preferences.named(me, "phrase") == []


@pytest.mark.parametrize(("name", "value"), [("", "x"), ("x", " "), ("长" * 41, "x"), ("x", "长" * 2001)])
def test_empty_or_too_long(name, value):
    with pytest.raises(Invalid):
        preferences.save(testing.make_staff(Role.WINDOW), "phrase", name, value)


def test_visitor_saves_nothing():
    with pytest.raises(NotSignedIn):
        preferences.save(ANONYMOUS, "phrase", "x", "y")
