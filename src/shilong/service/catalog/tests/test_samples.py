"""材料样表与空表：谁能传、传到哪一版、要素里给的文件编号不算数。"""

from io import BytesIO

import pytest

from shilong.foundation.files import services as files
from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused, StaleVersion
from shilong.service.catalog import selectors, services, testing
from shilong.service.catalog.tests.conftest import BUREAU, CITIZEN, EDITOR, FOOD_EDITOR, OTHER_EDITOR, WINDOW

pytestmark = [pytest.mark.django_db, pytest.mark.req("P03", "P29")]
FOOD = testing.FOOD
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture
def own(seeded):
    """一份要自备的材料的编号，草稿已开。"""
    services.open_draft(FOOD, actor=EDITOR)
    return next(row.code for row in selectors.item(FOOD).materials if not row.generated)


def attach(material, *, actor=EDITOR, revision=1, slot="example", content=PDF, name="样表.pdf"):
    return services.attach_sample(FOOD, material, slot, BytesIO(content), name, actor=actor, revision=revision)


def guid(material, slot="example"):
    return next(row for row in selectors.item(FOOD).materials if row.code == material).file(slot)


def publish(revision):
    services.submit_review(FOOD, actor=EDITOR, revision=revision)
    services.publish(FOOD, actor=BUREAU, revision=revision + 1, opinion="同意")


def test_sample_goes_public_only_when_published(own):
    version = attach(own)
    assert guid(own) == ""
    publish(version.revision)
    assert guid(own)
    services.open_draft(FOOD, actor=OTHER_EDITOR)
    services.remove_sample(FOOD, own, "example", actor=OTHER_EDITOR, revision=1)
    assert guid(own)


def test_editing_the_list_keeps_the_file(own):
    version = attach(own)
    rows = [{**row, "example_guid": "", "form_guid": ""} for row in version.content["materials"]]
    saved = services.save_draft(FOOD, {"materials": rows}, actor=EDITOR, revision=version.revision)
    assert next(row for row in saved.content["materials"] if row["code"] == own)["example_guid"]


def test_a_file_number_written_into_the_content_is_ignored(own):
    """要素里写别人私密文件的编号，不会因此公开。"""
    private = files.store(BytesIO(PDF), "身份证.pdf", owner_id=CITIZEN.account_id)
    rows = [{**row, "example_guid": str(private.pk)} for row in services.open_draft(FOOD, actor=EDITOR).content["materials"]]
    saved = services.save_draft(FOOD, {"materials": rows}, actor=EDITOR, revision=1)
    assert {row["example_guid"] for row in saved.content["materials"]} == {""}
    entry = services.export_json([FOOD])["items"][0]
    entry["content"]["materials"] = rows
    imported = services.import_json({"items": [entry]}, actor=EDITOR)[0]
    assert str(private.pk) not in str(imported.content)


@pytest.mark.parametrize("actor", [BUREAU, CITIZEN, WINDOW])
def test_only_catalog_editors_upload(own, actor):
    with pytest.raises(NotAllowed):
        attach(own, actor=actor)
    with pytest.raises(NotAllowed):
        services.remove_sample(FOOD, own, "example", actor=actor, revision=1)


def test_another_departments_editor_cannot_upload(own):
    nurse = testing.NURSE_CHANGE
    services.open_draft(nurse, actor=EDITOR)
    with pytest.raises(NotAllowed):
        services.attach_sample(nurse, "M01", "example", BytesIO(PDF), "a.pdf", actor=FOOD_EDITOR, revision=1)


def test_bad_uploads_are_refused(own):
    generated = next((row.code for row in selectors.item(FOOD).materials if row.generated), "")
    for case, error in (
        ({"material": "M99"}, NotFound),
        ({"material": own, "slot": "secret"}, NotFound),
        ({"material": own, "revision": 9}, StaleVersion),
        ({"material": own, "content": b"MZ\x90", "name": "a.pdf"}, Refused),
        ({"material": own, "content": b""}, Refused),
        *([({"material": generated}, Invalid)] if generated else []),
    ):
        with pytest.raises(error):
            attach(**case)


def test_published_or_reviewing_versions_are_not_touched(own):
    version = attach(own)
    services.submit_review(FOOD, actor=EDITOR, revision=version.revision)
    with pytest.raises(Refused, match="已提交审核"):
        attach(own, revision=version.revision + 1)
