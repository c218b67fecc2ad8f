"""国密的拒绝：每一种不行一个名字，消息可直接给人看。"""

from shilong.foundation.refusals import Refused


class GmError(Refused):
    """国密运算不能进行。"""

    code = "gm_error"
    message = "国密运算失败。"


class BadKey(GmError):
    """公钥不在曲线上，或私钥超出 [1, n−2]（GB/T 32918.1）。"""

    code = "gm_bad_key"
    message = "密钥无效：{detail}。"


class BadUserId(GmError):
    code = "gm_bad_user_id"
    message = "签名者标识太长，最多 8190 字节。"


class BadSignature(GmError):
    """签名的编码不合规；签名值对不上不是它，那是 `verify` 返回 False。"""

    code = "gm_bad_signature"
    message = "签名格式不正确：{detail}。"


class BadCiphertext(GmError):
    """密文残缺、被改动，或不是用这把公钥加密的。不细分原因，以免成为解密预言机。"""

    code = "gm_bad_ciphertext"
    message = "密文无法解开：不完整、被改动过，或密钥不对。"


class EmptyPlaintext(GmError):
    """SM2 不能加密空内容（GB/T 32918.4 的密钥派生长度为零）。"""

    code = "gm_empty_plaintext"
    message = "不能加密空内容。"


class NotExportable(GmError):
    """密码机里的私钥不能取出。"""

    code = "gm_not_exportable"
    message = "这把私钥保存在密码机里，不能导出。"


class NotRecipient(GmError):
    code = "gm_not_recipient"
    message = "这份数字信封不是封给这把密钥的。"


class NoRecipient(GmError):
    code = "gm_no_recipient"
    message = "数字信封至少要有一个接收者，且不能重复。"


class BadKeyName(GmError):
    code = "gm_bad_key_name"
    message = "密钥名只能用小写字母、数字与短横线，最多 64 个字符。"


class KeyExists(GmError):
    code = "gm_key_exists"
    message = "密钥“{name}”已存在，不覆盖。"


class KeyMissing(GmError):
    code = "gm_key_missing"
    message = "没有名为“{name}”的密钥。"


class KeyUnreadable(GmError):
    """密钥文件损坏、被换过，或保护它的主密钥（口令）不对。"""

    code = "gm_key_unreadable"
    message = "密钥“{name}”打不开：文件损坏、被换过，或口令不对。请从备份恢复。"
