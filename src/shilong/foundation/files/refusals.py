"""文件被拒的各种原因；每一句都告诉上传的人接下来怎样做。"""

from shilong.foundation.refusals import NotFound, Refused, TooLarge


class FileNotFound(NotFound):
    code = "file_not_found"
    message = "没有找到这个文件，可能已被删除，或不是您上传的。"


class EmptyFile(Refused):
    code = "empty_file"
    message = "文件是空的（0 字节），请重新选择。"


class FileTooLarge(TooLarge):
    code = "file_too_large"
    message = "文件超过 {limit} 的上限，请压缩或拆分后再上传。"


class KindNotAllowed(Refused):
    code = "file_kind_not_allowed"
    message = "不支持{found}。请上传 {allowed}。"


class Disguised(Refused):
    """扩展名与内容不符：可能是改名，也可能是伪装。"""

    code = "file_disguised"
    message = "文件名的扩展名是“{extension}”，内容却是{found}。请用原来的格式另存后再上传，不要直接改扩展名。"


class Damaged(Refused):
    code = "file_damaged"
    message = "{found}打不开，文件可能不完整或已损坏，请重新导出或拍照后再上传。"


class PasswordProtected(Refused):
    code = "file_password_protected"
    message = "这个文件设了打开密码，工作人员无法查看。请去掉密码后再上传。"


class Bomb(Refused):
    """展开后会耗尽内存或磁盘的文件。"""

    code = "file_too_complex"
    message = "{reason}，超出能够处理的范围。请缩小或拆分后再上传。"


class Macro(Refused):
    code = "file_has_macro"
    message = "文档里带有宏程序，出于安全不能接收。请另存为不含宏的 docx、xlsx 或 PDF。"


class DiskFull(Refused):
    code = "storage_full"
    message = "服务器存储空间不足，文件没有保存。请稍后再试，或拨打大厅电话告知工作人员。"
    status = 507


class Tampered(Refused):
    """落盘内容与登记摘要不符：宁可不给。"""

    code = "file_tampered"
    message = "这个文件的存储内容与上传时不一致，已停止提供。请联系平台运维人员核查。"
    status = 500


class CannotPreview(Refused):
    code = "cannot_preview"
    message = "{found}不能在网页上预览，请下载后查看。"


class NoSuchPage(NotFound):
    code = "no_such_page"
    message = "这个文件只有 {pages} 页。"
