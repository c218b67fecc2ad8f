"""上传核验：真文件进得来，伪造、夹带、炸弹进不来，别人的拿不到。"""

import errno
import io
import zipfile
from types import SimpleNamespace

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from PIL import Image

from shilong.foundation.files import api, blobs, inspection, selectors, services, tasks
from shilong.foundation.files.kinds import PDF, clean_name
from shilong.foundation.files.models import StoredFile
from shilong.foundation.files.refusals import (
    Bomb,
    CannotPreview,
    Damaged,
    Disguised,
    DiskFull,
    EmptyFile,
    FileNotFound,
    FileTooLarge,
    KindNotAllowed,
    Macro,
    NoSuchPage,
    PasswordProtected,
    Tampered,
)
from shilong.foundation.refusals import NotSignedIn

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02", "P27", "W06")]
OWNER = 7


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.DATA, settings.FILES_DIR = tmp_path, tmp_path / "files"
    return tmp_path / "files"


def picture(fmt="PNG", size=(40, 30), **options) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "navy").save(buffer, fmt, **options)
    return buffer.getvalue()


def pdf(pages=1) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def package(**members) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name.replace("__", "/").replace("_", "."), content)
    return buffer.getvalue()


def docx(**more) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in {"[Content_Types].xml": "<x/>", "word/document.xml": "<w/>", **more}.items():
            target.writestr(name, content)
    return buffer.getvalue()


def store(content: bytes, name="材料.pdf", owner=OWNER, **options) -> StoredFile:
    return services.store(io.BytesIO(content), name, owner_id=owner, **options)


def without_bytes(value: object) -> str | None:
    """压缩包里带当前时间：内容进了测试名，并行的两个进程收集到的就不是同一批测试。"""
    return "" if isinstance(value, bytes) else None


@pytest.mark.parametrize(
    ("name", "content", "mime", "pages"),
    [
        ("身份证.png", picture(), "image/png", 1),
        ("身份证.JPG", picture("JPEG"), "image/jpeg", 1),
        ("图.webp", picture("WEBP"), "image/webp", 1),
        ("章程.pdf", pdf(3), "application/pdf", 3),
        ("申请书.docx", docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 1),
        ("证照.ofd", package(OFD_xml="<ofd/>"), "application/ofd", 1),
        ("没有扩展名", pdf(), "application/pdf", 1),
    ],
    ids=without_bytes,
)
def test_real_files_come_back_byte_for_byte(name, content, mime, pages):
    stored = store(content, name)
    assert (stored.mime, stored.pages, stored.size) == (mime, pages, len(content))
    assert services.open_file(stored.pk).read() == content


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("空.pdf", b"", EmptyFile),
        ("合同.pdf", picture(), Disguised),
        ("照片.jpg", b"MZ\x90\x00" + b"\0" * 200, KindNotAllowed),
        ("网页.pdf", b"<html><script>alert(1)</script></html>", KindNotAllowed),
        ("包.zip", package(a_txt="x"), KindNotAllowed),
        ("包.docx", package(a_txt="x"), Disguised),
        ("苹果.heic", b"\0\0\0\x18ftypheic" + b"\0" * 40, KindNotAllowed),
        ("宏.docx", docx(**{"word/vbaProject.bin": "x"}), Macro),
        ("坏.docx", docx()[:60], Damaged),
        ("坏.pdf", b"%PDF-1.7\nnothing here", Damaged),
        ("半张.png", picture(size=(400, 400))[:-40], Damaged),
        ("炸弹.docx", package(**{"[Content_Types]_xml": "<x/>", "word__document_xml": b"\0" * 30_000_000}), Bomb),
    ],
    ids=without_bytes,
)
def test_bad_uploads_are_refused_and_leave_nothing(name, content, refusal, storage):
    with pytest.raises(refusal) as caught:
        store(content, name)
    assert caught.value.text.endswith("。") and "{" not in caught.value.text
    assert not StoredFile.objects.exists()
    assert not [found for found in storage.rglob("*") if found.is_file()]


def test_password_protected_pdf_is_refused(monkeypatch):
    def locked(_content):
        raise pypdfium2.PdfiumError("Failed to load document (PDFium: Incorrect password error).")

    content = pdf()
    monkeypatch.setattr(inspection.pypdfium2, "PdfDocument", locked)
    with pytest.raises(PasswordProtected):
        store(content)


def test_pixel_bomb_is_refused_before_decoding():
    with pytest.raises(Bomb, match="9000×9000"):
        store(picture(size=(9000, 9000)), "大.png")


def test_pdf_with_too_many_pages_is_refused(monkeypatch):
    monkeypatch.setattr(inspection, "MAX_PAGES", 2)
    with pytest.raises(Bomb, match="3 页"):
        store(pdf(3))


def test_size_is_counted_while_reading():
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            return b"%PDF-" + b"x" * (size - 5)

    stream = Endless()
    with pytest.raises(FileTooLarge, match="1 MB"):
        services.store(stream, "无穷.pdf", owner_id=OWNER, max_bytes=1024 * 1024)
    assert stream.given <= 2 * 1024 * 1024


def test_photo_loses_its_location_and_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # 顺时针 90°
    exif[0x010F] = "某品牌"
    exif.get_ifd(0x8825)[1] = "N"
    stored = store(picture("JPEG", (40, 30), exif=exif), "照片.jpg")
    kept = Image.open(services.open_file(stored.pk))
    assert kept.size == (30, 40)
    assert not kept.getexif()


def test_content_hidden_after_the_picture_is_dropped():
    stored = store(picture() + b"PK\x03\x04 hidden", "夹带.png")
    assert b"hidden" not in services.open_file(stored.pk).read()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\桌面\\身份证.pdf", "身份证.pdf"),
        ("报\u202efdp.exe\u0000.pdf", "报fdp.exe.pdf"),
        ("", "未命名.pdf"),
        ("长" * 300 + ".pdf", "长" * 120 + ".pdf"),
        ('a<b>"c.pdf', "a_b__c.pdf"),
    ],
)
def test_names_are_made_safe(given, kept):
    assert clean_name(given, PDF) == kept


def test_same_content_is_kept_once_and_unreadable_on_disk(storage):
    content = pdf()
    first, second = store(content), store(content, owner=8)
    files = [found for found in storage.rglob("*") if found.is_file()]
    assert first.sha256 == second.sha256 and first.pk != second.pk
    assert len(files) == 1
    assert b"%PDF" not in files[0].read_bytes()


def test_tampering_on_disk_is_noticed():
    stored = store(pdf())
    place = blobs.path(stored.sha256)
    raw = bytearray(place.read_bytes())
    raw[-1] ^= 1
    place.write_bytes(raw)
    with pytest.raises(Tampered):
        services.open_file(stored.pk)


def test_full_disk_says_so_and_leaves_no_half_file(monkeypatch, storage):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(blobs.os, "fsync", full)
    with pytest.raises(DiskFull, match="存储空间不足"):
        store(pdf())
    assert not [found for found in storage.rglob("*") if found.is_file()]
    assert not StoredFile.objects.exists()


def test_preview_is_a_png_drawn_once(monkeypatch):
    stored = store(pdf(2))
    first = services.preview(stored.pk, 2, 300)
    assert Image.open(io.BytesIO(first)).size[0] in (300, 301)
    monkeypatch.setattr(inspection, "render", None)
    assert services.preview(stored.pk, 2, 300) == first


def test_preview_of_a_missing_page_or_a_spreadsheet_says_why():
    with pytest.raises(NoSuchPage, match="只有 1 页"):
        services.preview(store(pdf()).pk, 2)
    with pytest.raises(CannotPreview, match="下载后查看"):
        services.preview(store(docx(), "a.docx").pk)


def test_pictures_and_pdfs_merge_in_order():
    parts = [store(picture(), "1.png"), store(pdf(2), "2.pdf"), store(picture("JPEG"), "3.jpg")]
    merged = services.merge([part.pk for part in parts], "房产证明", OWNER)
    assert (merged.name, merged.pages, merged.owner_id) == ("房产证明.pdf", 4, OWNER)


def test_another_person_cannot_merge_my_file():
    with pytest.raises(FileNotFound):
        services.merge([store(pdf()).pk], "x", 8)


@pytest.mark.parametrize("bad", ["", "1", "../../x", None])
def test_odd_numbers_are_simply_not_found(bad):
    with pytest.raises(FileNotFound):
        selectors.get(bad)


def test_sweep_removes_only_what_nobody_refers_to(monkeypatch):
    kept = store(pdf())
    orphan = blobs.put(b"orphan")
    monkeypatch.setattr(tasks, "DAY", -60)
    tasks.sweep()
    assert blobs.path(kept.sha256).exists()
    assert not blobs.path(orphan).exists()


def request(method: str, account_id, **data):
    made = getattr(RequestFactory(), method)("/api/v1/files", data)
    made.actor = SimpleNamespace(account_id=account_id)
    return made


def test_interface_only_gives_a_file_to_its_owner():
    upload = SimpleUploadedFile("身份证.png", picture(), "text/html")
    status, out = api.upload(request("post", OWNER), upload)
    assert (status, out.mime, out.name, out.pages) == (201, "image/png", "身份证.png", 1)
    mine = api.download(request("get", OWNER), out.file_id)
    assert mine.content == picture()
    assert mine["Content-Disposition"].startswith("attachment")
    for view in (api.download, api.preview):
        with pytest.raises(FileNotFound):
            view(request("get", 8), out.file_id)
        with pytest.raises(NotSignedIn):
            view(request("get", None), out.file_id)
    with pytest.raises(NotSignedIn):
        api.upload(request("post", None), upload)
