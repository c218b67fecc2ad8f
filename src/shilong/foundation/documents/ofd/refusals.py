"""OFD 与印章的拒绝。"""

from shilong.foundation.refusals import Refused


class BadOfd(Refused):
    """不是能读的 OFD，或文件结构有安全问题。`reason` 是原因码，供验章报告与接口使用。"""

    code = "bad_ofd"
    message = "这不是有效的 OFD 文件：{detail}。"

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(detail=detail)


class BadSeal(Refused):
    """印章或签章值不是 GB/T 38540 规定的结构。"""

    code = "bad_seal"
    message = "电子印章数据不合 GB/T 38540 的结构：{detail}。"


class BadPicture(Refused):
    code = "bad_picture"
    message = "图片不是可用的 PNG 或 JPEG，或像素太多。请换一张不超过 4000 万像素的图片。"


class MissingGlyph(Refused):
    """字体里没有这个字：宁可不出，也不把姓名、地名印成方框。"""

    code = "missing_glyph"
    message = "字体“{font}”里没有这些字：{characters}。请管理员在数据目录的 fonts 下放入字数更全的“{font}”字体。"


class FontUnavailable(Refused):
    code = "font_unavailable"
    message = "服务器没有“{font}”可用的字体文件。请管理员执行 apt-get install fonts-noto-cjk 后重试。"
    status = 503


class DoesNotFit(Refused):
    code = "layout_does_not_fit"
    message = "内容放不进版面：{detail}。"


class StampOutsidePage(Refused):
    code = "stamp_outside_page"
    message = "盖章位置不在文件里：{detail}。"
