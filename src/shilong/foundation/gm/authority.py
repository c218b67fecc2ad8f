"""签发机构：给电子印章、签章人发 SM2 证书（P05 P06）。

开发与演示时自建一根一签两级 CA；根的私钥签完签发机构证书后同样加密存放。
生产环境的证书由依法设立的电子认证服务机构签发（电子签名法第十六条），自建的开发根在生产模式下一概不认。

文件都在 `$DATA/pki`：root.pem、issuing.pem、keys/*.json、issued/序列号.pem、revoked.json、crl.pem。
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from shilong.foundation.gm import keystore, storage
from shilong.foundation.gm.certificates import (
    CRL,
    SIGNING,
    Certificate,
    Name,
    RevocationReason,
    Revoked,
    issue,
    issue_crl,
    parse,
    parse_crl,
    require_issuer,
    self_signed,
    verify_chain,
)
from shilong.foundation.gm.errors import GmError
from shilong.foundation.gm.provider import KeyHandle, provider

DEVELOPMENT = "仅供开发测试"  # 写在自建根与签发机构的 OU 里，凭它认出来
ROOT_DAYS, ISSUING_DAYS = 365 * 30, 365 * 20
CRL_DAYS = 7
CRL_FRESH = timedelta(days=1)
_ORGANIZATION = {"country_name": "CN", "organization_name": "石龙区一体化政务服务平台", "organizational_unit_name": DEVELOPMENT}


class DevelopmentOnly(GmError):
    """生产模式下没有正式的签发机构。"""

    code = "gm_development_only"
    message = (
        "生产模式不能使用自建的开发根证书：它的签名在法律上没有效力，别的系统也不认。"
        "请向依法设立的电子认证服务机构申请签发机构证书，换一个没有开发证书的数据目录，"
        "执行 shilong pki adopt --root 根证书 --issuing 签发机构证书 --key 私钥（见运维手册“国密证书”）。"
    )


class AlreadyReady(GmError):
    """换掉签发机构会让已发的证书全部失效，所以不覆盖。"""

    code = "gm_pki_exists"
    message = "数据目录的 pki 子目录里已经有签发机构，不覆盖。"


class UnknownSerial(GmError):
    code = "gm_unknown_serial"
    message = "本机构没有签发过序列号为 {serial} 的证书。"


class Incomplete(GmError):
    """`pki` 目录里只剩一部分。重新生成会让已发的证书全部失效，所以停下来等人恢复。"""

    code = "gm_pki_incomplete"
    message = "数据目录的 pki 子目录里缺少 {missing}，请从备份恢复；不要删除重建，否则已签发的证书全部验证不过。"


# 进程内的缓存：数据目录 → （读之前的文件指纹, 读到的）。指纹先取、内容后读，读时正好换了文件也只会多读一次，不会留下旧的。
_LOADED: "dict[Path, tuple[tuple[storage.Print | None, ...], Authority]]" = {}
_LISTS: dict[Path, tuple[tuple[Any, ...], CRL]] = {}


@dataclass(frozen=True)
class Authority:
    """就绪的签发机构。签发私钥用时才从密钥库取。"""

    root: Certificate
    issuing: Certificate

    @property
    def roots(self) -> tuple[Certificate, ...]:
        return (self.root,)

    @property
    def intermediates(self) -> tuple[Certificate, ...]:
        return (self.issuing,)

    @property
    def development(self) -> bool:
        """是不是自建的开发机构。"""
        return any(DEVELOPMENT in c.subject.attributes.get("organizational_unit_name", "") for c in (self.root, self.issuing))

    def issue(self, subject: Mapping[str, str] | Name, public_key: bytes, days: int, usage: Iterable[str] = SIGNING) -> Certificate:
        """发一张证书并留底；到期日不晚于签发机构自己的到期日。

        异常：
            BadSubject、BadKey、BadValidity: 见 `certificates.issue`。
        """
        until = min(timezone.now() + timedelta(days=days), self.issuing.not_after)
        key = self._key()
        certificate = issue(
            subject=subject, public_key=public_key, issuer_cert=self.issuing, issuer_key=key, not_after=until, key_usage=usage
        )
        storage.create(_issued_path(certificate.serial), certificate.pem.encode())
        return certificate

    def issued(self) -> list[Certificate]:
        """发过的全部证书。"""
        return [parse(path.read_bytes()) for path in sorted(storage.folder("issued").glob("*.pem"))]

    def revoke(self, serial: int, reason: RevocationReason | str = RevocationReason.UNSPECIFIED, *, at: datetime | None = None) -> None:
        """吊销一张自己发的证书，下一次 `crl()` 就带上它；已吊销的保留第一次的记录。

        异常：
            UnknownSerial: 不是本机构发的。
        """
        if not _issued_path(serial).exists():
            raise UnknownSerial(serial=f"{serial:X}")
        with storage.locked():
            rows = revoked()
            if serial not in rows:
                rows[serial] = Revoked(serial, (at or timezone.now()).replace(microsecond=0), RevocationReason(reason))
                _write_revoked(rows.values())

    def crl(self) -> CRL:
        """当前的吊销列表；有新吊销或满一天就重签，序号递增。文件没变就用内存里的那份，变了立刻重读。"""
        path = storage.folder() / "crl.pem"
        seen = (path, self.issuing.der, storage.fingerprint(path), storage.fingerprint(path.with_name("revoked.json")))
        kept = _LISTS.get(path)
        if kept is not None and kept[0] == seen and timezone.now() - kept[1].this_update < CRL_FRESH:
            return kept[1]
        with storage.locked():
            crl = self._crl(path)
            _LISTS[path] = ((*seen[:2], storage.fingerprint(path), seen[3]), crl)
        return crl

    def _crl(self, path: Path) -> CRL:
        current, rows = (parse_crl(path.read_bytes()) if path.exists() else None), revoked()
        if current and current.revoked.keys() == rows.keys() and timezone.now() - current.this_update < CRL_FRESH:
            return current
        number = current.number + 1 if current else 1
        crl = issue_crl(issuer_cert=self.issuing, issuer_key=self._key(), revoked=rows.values(), number=number, days=CRL_DAYS)
        storage.replace(path, crl.pem.encode())
        return crl

    def _key(self) -> KeyHandle:
        return keystore.load("issuing")


def ensure() -> Authority:
    """签发机构，没有就生成；多个进程同时调用只生成一次。

    异常：
        DevelopmentOnly: 生产模式下没有正式的签发机构，或现有的是开发根。
        Incomplete: 文件不全。
    """
    production = settings.MODE == "production"
    found = current()
    if found is None and not production:
        with storage.locked():
            if not _ready():
                _generate()
        found = current()
    if found is None or (production and found.development):
        raise DevelopmentOnly
    return found


def adopt(root: Certificate, issuing: Certificate, key: KeyHandle) -> Authority:
    """启用外面签发好的签发机构证书，生产环境用。

    参数：
        root: 电子认证服务机构的根证书。
        issuing: 由 `root` 直接签发给本系统的机构证书。
        key: `issuing` 的私钥。
    异常：
        AlreadyReady: 已经有签发机构。
        ChainInvalid: `issuing` 不是 `root` 签发的，或不在有效期内。
        NotIssuer: `issuing` 不是机构证书，或与 `key` 不是一对。
    """
    verify_chain(issuing, intermediates=(), roots=(root,), at=timezone.now())
    require_issuer(issuing, key)
    with storage.locked():
        if _ready() or keystore.exists("issuing"):
            raise AlreadyReady
        keystore.save("issuing", key)
        _write(root, issuing)
    return Authority(root, issuing)


def current() -> Authority | None:
    """已有的签发机构；一点没有返回 None。不看运行模式，供查看用。

    异常：
        Incomplete: 文件不全。
    """
    pki = storage.folder()
    files = (pki / "root.pem", pki / "issuing.pem", storage.folder("keys") / "issuing.json")
    seen = tuple(storage.fingerprint(one) for one in files)
    if None in seen and not _ready():
        return None
    kept = _LOADED.get(pki)
    if None not in seen and kept is not None and kept[0] == seen:
        return kept[1]
    found = Authority(parse(files[0].read_bytes()), parse(files[1].read_bytes()))
    _LOADED[pki] = (seen, found)
    return found


def _ready() -> bool:
    """root.pem 最后写：有它就该什么都有；没有它而已经发过证书，是丢了。"""
    pki = storage.folder()
    present = {
        "root.pem": (pki / "root.pem").exists(),
        "issuing.pem": (pki / "issuing.pem").exists(),
        "keys/issuing.json": keystore.exists("issuing"),
    }
    used = any(storage.folder("issued").iterdir())
    missing = [name for name, there in present.items() if not there]
    if missing and (present["root.pem"] or used):
        raise Incomplete(missing="、".join(missing))
    return not missing


def _generate() -> None:
    root_key, issuing_key = _key_for("root"), _key_for("issuing")
    root = self_signed(subject={**_ORGANIZATION, "common_name": "石龙区政务服务开发根 CA"}, key=root_key, days=ROOT_DAYS, path_length=1)
    issuing = issue(
        subject={**_ORGANIZATION, "common_name": "石龙区政务服务签发 CA"},
        public_key=issuing_key.public,
        issuer_cert=root,
        issuer_key=root_key,
        days=ISSUING_DAYS,
        ca=True,
    )
    _write(root, issuing)


def _write(root: Certificate, issuing: Certificate) -> None:
    storage.replace(storage.folder() / "issuing.pem", issuing.pem.encode())
    storage.replace(storage.folder() / "root.pem", root.pem.encode())


def _key_for(name: str) -> KeyHandle:
    """上次生成到一半断电留下的密钥接着用。"""
    if not keystore.exists(name):
        keystore.save(name, provider().generate())
    return keystore.load(name)


def _issued_path(serial: int) -> Path:
    return storage.folder("issued") / f"{serial:x}.pem"


def revoked() -> dict[int, Revoked]:
    """已吊销的证书，按序列号。"""
    path = storage.folder() / "revoked.json"
    rows = json.loads(path.read_text()) if path.exists() else []
    found = (Revoked(int(row["serial"], 16), datetime.fromisoformat(row["at"]), RevocationReason(row["reason"])) for row in rows)
    return {row.serial: row for row in found}


def _write_revoked(rows: Iterable[Revoked]) -> None:
    content = [{"serial": f"{row.serial:x}", "at": row.at.isoformat(), "reason": row.reason.value} for row in rows]
    storage.replace(storage.folder() / "revoked.json", json.dumps(content, indent=1).encode())
