"""证书的拒绝。"""

from enum import StrEnum

from shilong.foundation.gm.errors import GmError


class BadCertificate(GmError):
    """不是证书或吊销列表，或不是 SM2 的。"""

    code = "gm_bad_certificate"
    message = "证书无法读取：{detail}。"


class BadSubject(GmError):
    code = "gm_bad_subject"
    message = "证书主体名称不正确：{detail}。"


class BadValidity(GmError):
    code = "gm_bad_validity"
    message = "证书有效期不正确：{detail}。"


class NotIssuer(GmError):
    """用来签发的证书不是机构证书，或与签发密钥不是一对。"""

    code = "gm_not_issuer"
    message = "不能用“{name}”签发证书：{detail}。"


class Reason(StrEnum):
    """证书链不过的原因；值就是给人看的话。"""

    EXPIRED = "证书已过期"
    NOT_YET_VALID = "证书还没有生效"
    BAD_SIGNATURE = "证书的签名不对，可能被改动"
    NOT_CA = "上级证书没有签发证书的权限"
    PATH_TOO_LONG = "证书链超过了上级允许的层数"
    UNKNOWN_ISSUER = "证书不是由受信任的机构签发"
    REVOKED = "证书已被吊销"
    UNKNOWN_EXTENSION = "证书含有不认识的关键扩展"
    BAD_CRL = "吊销列表的签名不对"
    STALE_CRL = "吊销列表已过期，不能确认证书是否被吊销"


class ChainInvalid(GmError):
    """证书链验证不过；`reason` 供程序判断。"""

    code = "gm_chain_invalid"
    message = "{reason}（{name}）。"

    def __init__(self, reason: Reason, name: str) -> None:
        super().__init__(reason=reason.value, name=name)
        self.reason = reason
