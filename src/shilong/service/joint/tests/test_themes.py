"""主题：内置的都成立；情形、合一表单、合并材料、先后、时限；配置的检查、发布、下线。"""

import pytest

from shilong.foundation.refusals import NotAllowed
from shilong.service.catalog.seed import contents
from shilong.service.forms import rules as forms
from shilong.service.forms import structure
from shilong.service.joint import seed, selectors, services
from shilong.service.joint.models import Theme
from shilong.service.joint.refusals import ThemeChanged, ThemeProblems, ThemeUnavailable
from shilong.service.joint.rules import limits, merging, themes
from shilong.service.joint.shape import ThemeShape

pytestmark = [pytest.mark.django_db, pytest.mark.req("W06", "W13")]
CODES = [row["code"] for row in seed.builtin_themes()]
YES = "big sign drain tobacco lease waste wash fire rent job hard flexible pension age"
ALL_YES = dict.fromkeys(YES.split(), "yes")


@pytest.mark.parametrize(
    ("after", "wanted"),
    [
        ({"a": [], "b": ["a"], "c": ["b"]}, []),
        ({"a": ["b"], "b": ["a"]}, ["a", "b", "a"]),
        ({"a": ["a"]}, ["a", "a"]),
        ({"a": [], "b": ["d"], "c": ["b"], "d": ["c"]}, ["b", "d", "c", "b"]),
    ],
)
def test_cycles_are_found(after, wanted):
    assert themes.cycle(after) == wanted


def test_waves_and_downstream():
    after = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c"), "e": ()}
    assert themes.waves(after) == [["a", "e"], ["b", "c"], ["d"]]
    assert sorted(themes.downstream(after, "b")) == ["d"]
    assert sorted(themes.downstream(after, "a")) == ["b", "c", "d"]


ANSWERS = ({}, ALL_YES, {**ALL_YES, "agent": "agent", "place": "rent", "main": "net", "kind": "drinks"})


def test_every_builtin_theme_composes(whole_town):
    """任何一组答案都得到能填的合一表单；拆回去每个事项自己的申请表都合格。"""
    town = whole_town
    for code in CODES:
        shape = ThemeShape(selectors.theme(code))
        owner = town.firm if "2" in shape.item.server_types else town.citizen
        for answers in ANSWERS:
            full = shape.answers(answers)
            plan, definition = shape.plan(full), shape.definition(full)
            assert len(plan.parts) >= 2, code
            structure.check(definition)
            keys = [field["key"] for field in forms.fields(definition)]
            assert len(keys) == len(set(keys))
            assert len(keys) < sum(len(list(forms.fields(row.definition))) for row in shape.chosen(full))  # 真的去重了
            names = [paper.view.name for paper in plan.papers]
            assert len(names) == len(set(names))
            filled = town.form(shape, full, owner)
            assert forms.validate(definition, filled, shape.context(full))[1] == {}, (code, answers)
            assert shape.errors(full, filled) == {}, (code, answers)


def test_same_information_is_asked_once(town):
    shape = ThemeShape(selectors.theme("restaurant"))
    full = shape.answers({"kind": "drinks", "tobacco": "yes", "sign": "yes", "place": "rent"})
    keys = [field["key"] for field in forms.fields(shape.definition(full))]
    assert {"corp_name", "mobile", "shop_name", "place_address", "place_area", "place_right", "delivery_way"} <= set(keys)
    assert "place_name" not in keys  # 三个事项的场所名称都并到经营者名称
    assert {"staff", "health_staff"} <= set(keys)  # 内容不同的人员表各填各的
    assert shape.definition(full)["sections"][-1]["title"] == "领取结果"
    lease = next(paper for paper in shape.plan(full).papers if paper.view.name == "场所租赁合同")
    assert lease.places == (("sign", "M04"), ("tobacco", "M05"))


def test_split_gives_each_item_its_own_form(town):
    shape = ThemeShape(selectors.theme("restaurant"))
    full = shape.answers({"kind": "drinks", "tobacco": "yes"})
    form = town.form(shape, full, town.firm)
    for part in shape.chosen(full):
        own = merging.split(part, shape.names, form)
        context = {f"situation.{k}": v for k, v in themes.situation(part, full).items()}
        assert forms.validate(part.definition, own, context)[1] == {}, part.key
    health = next(row for row in shape.view.parts if row.key == "health")
    assert merging.split(health, shape.names, form)["place_name"] == form["shop_name"]
    assert merging.join(health, shape.names, {"staff.0.person_name": "请填写"}) == {"health_staff.0.person_name": "请填写"}


def test_hidden_questions_leave_no_answer(town):
    shape = ThemeShape(selectors.theme("restaurant"))
    assert "fire" not in shape.answers({"big": "no", "fire": "check"})
    assert shape.answers({"big": "yes", "fire": "check"})["fire"] == "check"
    assert [row["key"] for row in shape.questions({"big": "no"})][:3] == ["kind", "big", "sign"]


def test_critical_path_is_the_longest_chain(town):
    shape = ThemeShape(selectors.theme("restaurant"))
    plan = shape.plan(shape.answers({"tobacco": "yes"}))
    assert plan.path == ["food", "tobacco"]
    assert plan.days == 15  # 食品经营 5 + 烟草 10
    assert plan.limit == limits.JOINT_DAYS
    assert {row.key: row.wave for row in plan.parts}["tobacco"] == 1


def test_skipped_predecessor_passes_its_wait_on(town):
    rows = ThemeShape(selectors.theme("restaurant")).view.parts
    chain = [themes.part({"key": key, "after": after}, rows[0].item, {}) for key, after in (("a", []), ("b", ["a"]), ("c", ["b"]))]
    assert themes.predecessors(chain, ["a", "c"]) == {"a": (), "c": ("a",)}


def _content(code="restaurant"):
    return next(row["content"] for row in seed.builtin_themes() if row["code"] == code)


def _change(**values):
    return {**_content(), **values}


def _parts(**values):
    first, *rest = _content()["parts"]
    return _change(parts=[{**first, **values}, *rest])


BAD = (
    ([], "", "一组设置"),
    (_change(name=""), "name", "主题名称"),
    (_change(audience="dog"), "audience", "服务对象"),
    (_change(parts=[]), "parts", "2 到 12"),
    (_parts(key="坏"), "parts.0", "代号"),
    (_parts(item="nope"), "parts.0", "没有发布"),
    (_parts(after=["tobacco"]), "parts", "绕成了环"),
    (_parts(after=["zzz"]), "parts.0", "没有这些代号"),
    (_parts(when=["nope", "=", "1"]), "parts.0", "不存在或排在后面的问题"),
    (_parts(when=["kind", "eval", "1"]), "parts.0", "不认识的运算"),
    (_parts(own=["zzz"]), "parts.0", "没有这些字段"),
    (_parts(answers={"zzz": {"value": "1"}}), "parts.0", "没有这些情形"),
    (_change(questions=[{"key": "a", "question": "问", "options": [{"value": "1", "label": "一"}]}]), "questions.0", "两个选项"),
    (_change(materials=[{"name": "照", "parts": [["food", "M99"]]}]), "materials.0", "没有这些材料"),
    (_change(audience="person"), "parts.4", "不面向"),
)


def test_bad_themes_say_where_and_how(town):
    for content, path, says in BAD:
        found = services.problems_of(content)
        assert says in found.get(path, ""), (path, says, found)


def test_licence_chain_over_forty_five_days_is_refused(whole_town):
    codes = [row.code for row in contents() if row.seq in (38, 15, 56)]
    keys = ["a", "b", "c"]
    parts = [{"key": key, "item": code, "after": keys[:n]} for n, (key, code) in enumerate(zip(keys, codes, strict=True))]
    found = services.problems_of({"name": "长链", "intro": "试", "audience": "both", "questions": [], "parts": parts, "materials": []})
    assert "45" in found["parts"]


def test_edit_publish_offline(town):
    design = selectors.design("restaurant")
    changed = {**design.content, "name": "开饭店"}
    assert services.save_theme("restaurant", changed, actor=town.catalog, version=design.version) == {}
    assert selectors.theme("restaurant").name == "开餐饮店"  # 没发布的改动不影响申报
    with pytest.raises(ThemeChanged):
        services.save_theme("restaurant", changed, actor=town.catalog, version=design.version)
    assert services.publish_theme("restaurant", "改名", actor=town.catalog, version=design.version + 1) == 2
    assert selectors.theme("restaurant").name == "开饭店"
    assert selectors.theme("restaurant", 1).name == "开餐饮店"
    services.take_offline("restaurant", actor=town.catalog, version=design.version + 2)
    with pytest.raises(ThemeUnavailable):
        selectors.theme("restaurant")
    assert "restaurant" not in [row.code for row in selectors.published()]


def test_broken_draft_is_kept_but_not_published(town):
    row = services.create_theme("try", "试一试", actor=town.catalog)
    assert services.save_theme("try", {"name": "试一试"}, actor=town.catalog, version=row.version)
    with pytest.raises(ThemeProblems):
        services.publish_theme("try", "", actor=town.catalog, version=row.version + 1)
    assert Theme.objects.get(code="try").current == 0


def test_only_catalog_managers_configure(town):
    for who in (town.firm, town.clerk, town.officer):
        with pytest.raises(NotAllowed):
            services.create_theme("try", "试", actor=who)
        with pytest.raises(NotAllowed):
            services.publish_theme("restaurant", "", actor=who, version=1)
        with pytest.raises(NotAllowed):
            services.take_offline("restaurant", actor=who, version=1)
