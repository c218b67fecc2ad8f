"""取号：格式、重置、回滚与并发都不重号。"""

import threading
from datetime import datetime

import pytest
from django.db import connection, connections, transaction

from shilong.foundation.calendar.rules import ZONE
from shilong.foundation.numbering import services
from shilong.foundation.numbering.rules import check_template, mod11_2
from shilong.foundation.refusals import Invalid

pytestmark = pytest.mark.req("P02")
AT = datetime(2026, 9, 28, 10, tzinfo=ZONE)


@pytest.mark.django_db
def test_case_number_has_22_digits_and_a_check_digit():
    number = services.next_number("case", at=AT, department="002", channel="1")
    assert (len(number), number[:16]) == (22, "4104042609280021")
    assert mod11_2(number[:-1]) == number[-1]


@pytest.mark.django_db
def test_documents_count_per_word_and_per_year():
    first = [
        services.next_number("document", at=at, word=word)
        for at, word in [(AT, "受"), (AT, "受"), (AT, "准"), (AT.replace(year=2027), "受")]
    ]
    assert first == ["石龙受〔2026〕第000001号", "石龙受〔2026〕第000002号", "石龙准〔2026〕第000001号", "石龙受〔2027〕第000001号"]


@pytest.mark.parametrize("template", ["无流水", "{seq}{nope}", "{seq"])
def test_a_bad_template_is_refused(template):
    with pytest.raises(Invalid):
        check_template(template)


@pytest.mark.django_db
def test_missing_context_is_one_clear_sentence():
    with pytest.raises(Invalid, match="需要部门序号"):
        services.next_number("case", at=AT, channel="1")


@pytest.mark.django_db(transaction=True)
def test_concurrent_numbers_never_repeat():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite 只有一个写者")
    numbers: list[str] = []

    def take() -> None:
        try:
            for _ in range(25):
                with transaction.atomic():
                    numbers.append(services.next_number("document", at=AT, word="并"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == len(set(numbers)) == 200


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_number_is_not_given_again_on_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite 的计数行随事务回滚，那个号从未对外出现")
    services.next_number("document", at=AT, word="滚")
    with pytest.raises(RuntimeError), transaction.atomic():
        lost = services.next_number("document", at=AT, word="滚")
        raise RuntimeError
    assert services.next_number("document", at=AT, word="滚") > lost
