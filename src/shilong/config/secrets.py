"""密钥文件：首次运行生成在数据目录里（600 权限），之后只读。密钥不进仓库、不进日志。"""

import json
import os
import secrets as random
from pathlib import Path

NAMES = ("django", "field", "index", "audit")
SIZES = {"django": 32, "field": 16, "index": 32, "audit": 32}


def load(data: Path, *, test: bool = False) -> dict[str, str]:
    """读取或生成密钥，十六进制字符串。测试用固定值，使加密索引可预期。"""
    if test:
        return {name: "5a" * SIZES[name] for name in NAMES}
    path = data / "keys.json"
    if not path.exists():
        _create(path)
    keys: dict[str, str] = json.loads(path.read_text())
    missing = [name for name in NAMES if name not in keys]
    if missing:
        raise SystemExit(f"密钥文件 {path} 缺少 {'、'.join(missing)}；请从备份恢复该文件，不要重新生成，否则已加密的数据无法解开。")
    return keys


def _create(path: Path) -> None:
    content = json.dumps({name: random.token_hex(SIZES[name]) for name in NAMES}, indent=1)
    temporary = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(temporary, path)  # 两个进程同时首次启动时只有一个成功，另一个用它的结果
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)
