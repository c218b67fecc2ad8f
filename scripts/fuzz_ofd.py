"""覆盖率引导的模糊测试：拆包、验章、读取、预览、印章 ASN.1。不在测试套件里，需要时单独跑。

用法（atheris 不在依赖锁里，在另外的虚拟环境里装）：

    PYTHONPATH=src python scripts/fuzz_ofd.py -max_total_time=600 [语料目录]

任何输入都只许得到“不通过”的报告或有名字的拒绝；别的异常就是缺陷，atheris 会打印堆栈并存下那个输入。
"""

import contextlib
import os
import sys

try:
    import atheris
except ImportError:
    sys.exit("没有安装 atheris。请在单独的虚拟环境里执行 pip install atheris 后再跑。")

os.environ.setdefault("SHILONG_MODE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shilong.config.settings")

with atheris.instrument_imports(include=["shilong.foundation", "asn1crypto", "zipfile"]):
    import django

    django.setup()
    from shilong.foundation.documents.ofd import package, preview, reader, seal, verify
    from shilong.foundation.documents.ofd.package import Limits
    from shilong.foundation.documents.ofd.refusals import BadOfd, BadSeal
    from shilong.foundation.documents.tests import ofd_world as world

SIGNED = package.unpack(world.signed())
NAMES = sorted(SIGNED)
ROOTS = [world.root().certificate]
SMALL = Limits(total=8 << 20, entries=200, xml=1 << 20)


def fuzz(data: bytes) -> None:
    """首字节选目标：0 整包，1 印章，2 签章值，其余换掉包里的一个文件。"""
    kind, body = (data[0], data[1:]) if data else (0, b"")
    if kind == 0:
        packed(body)
    elif kind in (1, 2):
        with contextlib.suppress(BadSeal):
            (seal.parse_seal if kind == 1 else seal.parse_signature)(body)
    else:
        packed(package.pack({**SIGNED, NAMES[kind % len(NAMES)]: body}))


def packed(ofd: bytes) -> None:
    """验一遍、读一遍、画一遍。"""
    verify.verify(ofd, roots=ROOTS, limits=SMALL)
    for read in (reader.text, reader.seals, reader.attachments, preview.render_svg):
        with contextlib.suppress(BadOfd, BadSeal):
            read(ofd)


def seeds(folder: str) -> None:
    """把每个文件的原文放进语料，省得从零猜结构。"""
    os.makedirs(folder, exist_ok=True)
    for number, name in enumerate(NAMES):
        with open(os.path.join(folder, f"seed-{number}"), "wb") as stream:
            stream.write(bytes([number + (len(NAMES) if number < 3 else 0)]) + SIGNED[name])
    with open(os.path.join(folder, "seed-package"), "wb") as stream:
        stream.write(b"\x00" + world.signed())
    with open(os.path.join(folder, "seed-seal"), "wb") as stream:
        stream.write(b"\x01" + SIGNED["Doc_0/Signs/Sign_0/Seal.esl"])
    with open(os.path.join(folder, "seed-value"), "wb") as stream:
        stream.write(b"\x02" + SIGNED["Doc_0/Signs/Sign_0/SignedValue.dat"])


if __name__ == "__main__":
    for folder in (one for one in sys.argv[1:] if not one.startswith("-")):
        seeds(folder)
    atheris.Setup(sys.argv, fuzz)
    atheris.Fuzz()
