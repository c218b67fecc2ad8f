"""语音播报：把一句话变成音频。浏览器自己会念时用不到；不会念的（信创桌面常见）用 espeak-ng 生成并缓存。"""

import shutil
import subprocess
from pathlib import Path

from django.conf import settings

from shilong.foundation.gm import sm3
from shilong.foundation.refusals import Refused

DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
SECONDS = 10
KEEP = 500  # 缓存的句子数；一个大厅的号与窗口组合远小于它


class VoiceUnavailable(Refused):
    code = "voice_unavailable"
    message = "服务器没有安装语音合成（espeak-ng），只在屏幕上显示。"
    status = 503


def sentence(number: str, window: str) -> str:
    """播报词：“请 A 零 一 二 号，到 3 号窗口。”逐位念，窗口去掉前导零。"""
    spoken = " ".join(number.translate(DIGITS))
    return f"请 {spoken} 号，到 {window.lstrip('0').replace(' ', '')}"


def audio(text: str) -> bytes:
    """这句话的 WAV；生成过的直接取缓存。

    异常：
        VoiceUnavailable: 没有装 espeak-ng，或它没能生成。
    """
    folder = Path(settings.DATA) / "voice"
    path = folder / f"{sm3(text.encode()).hex()[:32]}.wav"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _trim(folder)
        _speak(text, path)
    return path.read_bytes()


def _speak(text: str, path: Path) -> None:
    program = shutil.which("espeak-ng")
    if program is None:
        raise VoiceUnavailable
    fresh = path.with_suffix(".part")
    command = [program, "-v", "cmn", "-s", "150", "-w", str(fresh), "--stdin"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 程序固定，文字走标准输入
    except subprocess.TimeoutExpired:
        raise VoiceUnavailable from None
    if done.returncode or not fresh.exists() or fresh.stat().st_size < 100:
        raise VoiceUnavailable
    fresh.replace(path)


def _trim(folder: Path) -> None:
    files = sorted(folder.glob("*.wav"), key=lambda one: one.stat().st_mtime)
    for old in files[:-KEEP]:
        old.unlink(missing_ok=True)
