"""`shilong pki`：初始化、启用与查看国密证书。"""

import argparse
import getpass
from collections.abc import Callable

from django.utils import timezone

from shilong.foundation.gm import authority, keystore
from shilong.foundation.gm.certificates import Certificate, parse

Say = Callable[[str], None]


def init(_args: argparse.Namespace, say: Say) -> int:
    """签发机构就绪，没有则生成；重复执行无害。

    异常：
        DevelopmentOnly: 生产模式下没有正式的签发机构。
        Incomplete: 文件不全。
    """
    fresh = authority.current() is None
    found = authority.ensure()
    say("已生成开发用根证书与签发机构证书，仅供开发测试。" if fresh else "证书已经就绪，没有改动。")
    _describe(found, say)
    return 0


def show(_args: argparse.Namespace, say: Say) -> int:
    """列出根、签发机构与发过的证书。"""
    found = authority.current()
    if found is None:
        say("还没有证书。开发与演示环境执行 shilong pki init 生成。")
        return 0
    _describe(found, say)
    revoked = authority.revoked()
    for certificate in found.issued():
        _line("吊销" if certificate.serial in revoked else "签发", certificate, say)
    return 0


def adopt(args: argparse.Namespace, say: Say) -> int:
    """启用外面签发好的签发机构证书；私钥加密存放。

    异常：
        AlreadyReady、ChainInvalid、NotIssuer、BadCertificate、BadKey。
    """
    key = keystore.read_pem(args.key.read_bytes())
    _describe(authority.adopt(parse(args.root.read_bytes()), parse(args.issuing.read_bytes()), key), say)
    return 0


def pdf(args: argparse.Namespace, say: Say) -> int:
    """导入一个部门签 PDF 副本的证书；口令当场输入，不留在命令历史里。

    异常：
        NotFound、BadIdentity。
    """
    from shilong.service.seals import services as seals  # 别的动作用不着数据库

    subject = seals.import_identity(args.department, args.file.read_bytes(), getpass.getpass("PKCS#12 的口令："))
    say(f"已导入 {args.department} 的 PDF 签名证书：{subject}")
    return 0


ACTIONS = {"init": init, "adopt": adopt, "show": show, "pdf": pdf}


def _describe(found: authority.Authority, say: Say) -> None:
    if found.development:
        say("这是自建的开发机构，签名没有法律效力，生产模式不会使用。")
    _line("根证书", found.root, say)
    _line("签发机构", found.issuing, say)


def _line(label: str, certificate: Certificate, say: Say) -> None:
    until = timezone.localtime(certificate.not_after)
    state = "，已过期" if certificate.not_after < timezone.now() else ""
    say(f"{label} {certificate.subject}，序列号 {certificate.serial_hex}，有效期至 {until:%Y-%m-%d}{state}")
