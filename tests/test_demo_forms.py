"""演示办件的申请表：像样，而且不闹笑话。"""

import json
import random
from pathlib import Path

import pytest

from shilong.config.demo import forms
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.service import forms as form_module

MARRIAGE = json.loads((Path(form_module.__file__).parent / "data" / "marriage.json").read_text())["definition"]


@pytest.mark.req("P01")
@pytest.mark.parametrize("seed", range(5))
def test_the_two_people_getting_married_are_not_the_same_person(seed):
    profile = ApplicantProfile("1", "测试甲", "111", "410404190001010010", "13000000001")
    data = forms.fill(MARRIAGE, profile, {}, random.Random(seed))  # noqa: S311 演示数据
    assert (data["name"], data["id_no"]) == (profile.name, profile.id_no)
    for key in ("name", "id_no", "mobile"):
        assert data[key] != data[f"wife_{key}"]
    assert data["wife_name"][0] != data["name"][0]
