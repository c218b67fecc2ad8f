"""仓库卫生：不得提交密钥、软件源主机名、本机路径。只看 git 已登记的文件。"""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# 常见软件源主机名的 SHA-256 前 16 位：列明文就等于把它们写进了仓库。
HOSTS = {
    "a4aa2ac280bb8d1a",
    "8b5bb5eb9d758455",
    "8743857e3ea00fd1",
    "fad691c6d9ae77c4",
    "87d14f070cb96869",
    "83ebc76e70e6df34",
    "6cdbaf41a3cabc83",
    "24c637394def1d1f",
    "0171bffe69a8b75b",
    "e5959c11dee9a783",
    "bd0fbd7623bc42a4",
    "91e226731c329933",
    "e96859f0019b52d3",
    "e680c440a2e92079",
    "1ba4e37997a2e986",
    "a0f007d863a0ed19",
    "789e46d79514e280",
    "00a7dc5a0cc38858",
    "824d403c0ddada9e",
    "9c6b05022d03bb05",
    "e2dd3580aeebec64",
    "88bb79fa6efc5d55",
}
HOSTNAME = re.compile(r"(?<![\w.@-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?![\w-])", re.I)
RULES = (
    ("私钥", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("云访问密钥", re.compile(r"\b(?:AKIA|ASIA|LTAI)[0-9A-Za-z]{12,}\b")),
    ("访问令牌", re.compile(r"\b(?:ghp|gho|glpat|github_pat|xox[abp])[-_][0-9A-Za-z_-]{20,}\b")),
    ("带口令的数据库地址", re.compile(r"\b(?:postgres(?:ql)?|mysql|redis|amqp)://[^\s:/@{]+:(?!密码|口令|\*|\$|请改)[^\s@{/]+@")),
    ("软件源配置", re.compile(r"(?:--(?:extra-)?index-url|--find-links|registry)[ =]+[\"']?(?:https?|file):", re.I)),
    ("本机路径", re.compile(r"(?<![\w./-])/(?:root|home/[a-z][\w-]*|work/(?:main|shared))(?=/|\b)")),
)
BINARY = {".png", ".jpg", ".jpeg", ".webp", ".pdf", ".xlsx", ".ttc", ".woff2", ".gz", ".zip", ".docx", ".ofd"}


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S607
    return [ROOT / name for name in listing.decode().split("\0") if name]


def problems_in(path: Path) -> list[str]:
    try:
        lines = path.read_text().splitlines()
    except (UnicodeDecodeError, OSError):
        return []
    found = []
    for number, line in enumerate(lines, start=1):
        names = [name for name, pattern in RULES if pattern.search(line)]
        names += ["软件源主机名" for host in HOSTNAME.findall(line) if is_package_host(host)]
        found += [f"{path.relative_to(ROOT)}:{number}: {name}" for name in names]
    return found


def is_package_host(host: str) -> bool:
    """主机名或其任一上级域是否在名单里。"""
    parts = host.lower().split(".")
    return any(fingerprint(".".join(parts[start:])) in HOSTS for start in range(len(parts) - 1))


def fingerprint(host: str) -> str:
    return hashlib.sha256(host.encode()).hexdigest()[:16]


def main() -> int:
    # 检查规则自己的源码与测试必然含有被查的样子，跳过本文件。
    files = [path for path in tracked() if path.suffix not in BINARY and path != Path(__file__).resolve() and path.is_file()]
    problems = [problem for path in files for problem in problems_in(path)]
    print("\n".join(problems) or f"检查了 {len(files)} 个文件，没有发现问题。")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
