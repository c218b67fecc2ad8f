"""锁文件与声明一致：声明的每个依赖都锁了版本与哈希，开发依赖与运行依赖的版本相同。只读文件，不联网。"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENTRY = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)\s*(?:;\s*([^\\]+?))?\s*\\?$")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(path: Path) -> set[str]:
    """声明文件里的包名，含 -r 引入的。"""
    names: set[str] = set()
    for raw in path.read_text().splitlines():
        line = raw.split("#")[0].strip()
        if line.startswith("-r "):
            names |= declared(path.parent / line[3:].strip())
        elif line:
            names.add(canonical(re.split(r"[\[=<>~!; ]", line)[0]))
    return names


def locked(path: Path, problems: list[str]) -> dict[tuple[str, str], str]:
    """锁文件里的 {(包名, 适用条件): 版本}；没有哈希的报出来。"""
    pins: dict[tuple[str, str], str] = {}
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        match = ENTRY.match(line)
        if not match:
            continue
        pins[(canonical(match[1]), match[3] or "")] = match[2]
        if not (number + 1 < len(lines) and "--hash=sha256:" in lines[number + 1]):
            problems.append(f"{path.name}: {match[1]} 没有哈希")
    return pins


def check_python(problems: list[str]) -> None:
    folder = ROOT / "requirements"
    pins = {name: locked(folder / f"{name}.txt", problems) for name in ("base", "dev")}
    for name, found in pins.items():
        absent = declared(folder / f"{name}.in") - {package for package, _ in found}
        problems += [f"{name}.in 声明了 {package}，{name}.txt 里没有；请重新生成锁文件（见 CONTRIBUTING.md）" for package in sorted(absent)]
    for key, version in pins["base"].items():
        if pins["dev"].get(key) != version:
            problems.append(f"{key[0]} 在 base.txt 是 {version}，在 dev.txt 是 {pins['dev'].get(key, '（没有）')}")


def check_node(problems: list[str]) -> None:
    manifest = json.loads((ROOT / "package.json").read_text())
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for group in ("dependencies", "devDependencies"):
        if manifest.get(group, {}) != packages[""].get(group, {}):
            problems.append(f"package.json 的 {group} 与 package-lock.json 不一致；请执行 npm install --package-lock-only")
    for path, entry in packages.items():
        if path and not entry.get("link") and "integrity" not in entry and not entry.get("inBundle"):
            problems.append(f"package-lock.json: {path} 没有校验值")
        if "resolved" in entry:
            problems.append(f"package-lock.json: {path} 记了下载地址；请在 .npmrc 里保持 omit-lockfile-registry-resolved=true 后重新生成")


def main() -> int:
    problems: list[str] = []
    check_python(problems)
    check_node(problems)
    print("\n".join(problems) or "锁文件与声明一致。")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
