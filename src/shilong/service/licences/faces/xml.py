"""OFD 附件里的结构化数据：元素名就是 GB/T 36903 的缩写，扩展项为 KZ_*。"""

from collections.abc import Mapping

from lxml import etree

from shilong.foundation.documents.ofd import package, reader
from shilong.foundation.documents.ofd.refusals import BadOfd

NAMESPACE = "urn:shilong:licence:1"
FILENAME = "license.xml"
TAG = f"{{{NAMESPACE}}}"


def dump(metadata: Mapping[str, str]) -> bytes:
    """写成 XML。"""
    root = etree.Element(f"{TAG}License", nsmap={None: NAMESPACE})
    for key, value in metadata.items():
        etree.SubElement(root, f"{TAG}{key}").text = "".join(one for one in value if one.isprintable() or one in "\n\t")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def from_ofd(ofd: bytes) -> dict[str, str]:
    """从 OFD 附件里读回；没有或看不懂为空字典。内容可信与否由验章决定。"""
    try:
        found = next((one for one in reader.attachments(ofd) if one.filename.endswith(FILENAME)), None)
        root = package.parse(found.data, FILENAME) if found else None
    except BadOfd:
        return {}
    if root is None or root.tag != f"{TAG}License":
        return {}
    return {etree.QName(one).localname: (one.text or "")[:2000] for one in root}
