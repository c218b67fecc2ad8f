"""定时清理只清过期的。"""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from shilong.identity import testing
from shilong.identity.accounts import services, tasks
from shilong.identity.accounts.models import LoginCode, SignIn, Token

pytestmark = [pytest.mark.django_db, pytest.mark.req("P29", "W05")]


def test_cleanup_removes_only_what_expired():
    citizen = testing.make_citizen()
    Client().post("/login/", {"username": citizen.username, "password": testing.PASSWORD})
    services.issue_token(citizen.username, testing.PASSWORD, "10.0.0.1")
    services.send_code("13000000099", "10.0.0.1")
    tasks.cleanup()
    assert (Token.objects.count(), LoginCode.objects.count(), Session.objects.count()) == (1, 1, 1)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        tasks.cleanup()
    assert (Token.objects.count(), LoginCode.objects.count(), Session.objects.count()) == (0, 0, 0)
    assert SignIn.objects.count() == 1
