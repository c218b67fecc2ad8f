#!/usr/bin/env bash
# 准备运行环境：系统包、虚拟环境、锁定依赖、前端资源。
# 每一步按锁文件的哈希记下“做过了”，没变就跳过；中途打断后重来会接着做。
set -euo pipefail
cd "$(dirname "$0")/.."

TARGET=${1:-run}
VENV=.venv
PY=${PYTHON:-python3}

say() { printf '\033[1m›\033[0m %s\n' "$*"; }
die() { printf '\n✗ %s\n' "$*" >&2; exit 1; }
hash_of() { cat "$@" 2>/dev/null | sha256sum | cut -d' ' -f1; }

# 同一份代码上同时执行两个 make 时排队，免得两边一起写虚拟环境。
if command -v flock >/dev/null; then
  exec 9>.bootstrap.lock
  flock -n 9 || { say "另一个 make 正在准备环境，等它结束……"; flock 9; }
fi

has_python() { "$PY" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
has_venv() { "$PY" -c 'import ensurepip, venv' 2>/dev/null; }
has_node() { command -v node >/dev/null && [ "$(node -p 'parseInt(process.versions.node)' 2>/dev/null || echo 0)" -ge 18 ]; }
has_libcrypto() { "$PY" -c 'import ctypes; ctypes.CDLL("libcrypto.so.3")' 2>/dev/null; }
has_font() { ls /usr/share/fonts/opentype/noto/NotoSerifCJK-*.ttc >/dev/null 2>&1 || { command -v fc-list >/dev/null && fc-list | grep -q 'Noto Serif CJK'; }; }
has_chromium() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }
has_postgres() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; }

missing() {
  has_python || echo python3
  has_venv || echo python3-venv
  has_node || echo nodejs
  command -v npm >/dev/null || echo npm
  has_libcrypto || echo libssl3
  has_font || echo fonts-noto-cjk
  command -v espeak-ng >/dev/null || echo espeak-ng
  if [ "$TARGET" = test ]; then
    has_chromium || echo chromium
    has_postgres || echo postgresql
  fi
}

system_packages() {
  local want; want=$(missing | sort -u | tr '\n' ' ')
  [ -z "${want// /}" ] && return
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    # PostgreSQL 只用来多跑一遍测试，没有它不该挡住其余测试；没有 espeak-ng 时叫号由浏览器自己念。
    want=$(printf '%s' "$want" | sed 's/\bpostgresql\b//; s/\bespeak-ng\b//')
    [ -z "${want// /}" ] && return
    die "缺少系统软件：${want}
  Debian / Ubuntu 请执行：sudo apt-get update && sudo apt-get install -y ${want}
  装好后重新执行刚才的 make 命令。"
  fi
  say "安装系统软件：${want}"
  export DEBIAN_FRONTEND=noninteractive
  # 不装推荐包；PostgreSQL 装好后不自动建集群也不启动，测试自己起临时实例。
  apt-get update -qq || die "软件源不可用。请检查网络与 /etc/apt/sources.list 后重试。"
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $want >/dev/null || die "系统软件安装失败：${want}。请手工执行 apt-get install ${want} 查看原因。"
  has_python || die "需要 Python 3.11 或更新的版本；装好后可用 PYTHON=/路径/python3.11 指定。"
  has_node || die "需要 Node.js 18 或更新的版本；当前软件源里的版本太旧。"
}

virtualenv() {
  # 目录整个搬过家或系统 Python 升级后，旧虚拟环境不能用了：重建。
  if ! "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
    say "建立虚拟环境 ${VENV}"
    rm -rf "$VENV"
    "$PY" -m venv "$VENV" || die "虚拟环境建立失败。请确认已安装 python3-venv，并且磁盘有空间。"
  fi
  # 不打包安装：把 src 加进搜索路径，再放一个入口，改代码即刻生效。
  local site; site=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  printf '%s\n' "$PWD/src" > "$site/shilong.pth"
  printf '#!%s\nimport sys\nfrom shilong.config.cli import main\nsys.exit(main())\n' "$PWD/$VENV/bin/python" > "$VENV/bin/shilong"
  chmod +x "$VENV/bin/shilong"
}

python_packages() {
  local set=$1 stamp="$VENV/.installed-$1" mark
  mark=$(hash_of "requirements/$set.txt")$("$VENV/bin/python" -V)
  # 开发依赖是运行依赖的超集（make check 核对版本一致），装过它就不必再装运行依赖。
  [ "$set" = base ] && [ "$(cat "$VENV/.installed-dev-base" 2>/dev/null)" = "$mark" ] && return
  [ "$(cat "$stamp" 2>/dev/null)" = "$mark" ] && return
  say "安装 Python 依赖（requirements/${set}.txt，校验哈希）"
  "$VENV/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "requirements/$set.txt" \
    || die "Python 依赖安装失败。请检查网络或 pip 配置后重新执行；已装好的不会重来。"
  printf '%s' "$mark" > "$stamp"
  [ "$set" = dev ] && printf '%s' "$(hash_of requirements/base.txt)$("$VENV/bin/python" -V)" > "$VENV/.installed-dev-base"
  return 0
}

node_packages() {
  local mark; mark=$(hash_of package.json package-lock.json)
  [ "$(cat node_modules/.installed 2>/dev/null)" = "$mark" ] && return
  say "安装前端依赖（package-lock.json）"
  npm ci --silent --no-audit --no-fund || die "前端依赖安装失败。请检查网络或 npm 配置后重新执行。"
  printf '%s' "$mark" > node_modules/.installed
}

frontend() {
  local out=src/shilong/web/static/build mark
  mark=$(find frontend src/shilong/web/static/css src/shilong/web/static/js -type f | LC_ALL=C sort | xargs sha256sum | cat - package-lock.json | sha256sum | cut -d' ' -f1)
  [ "$(cat $out/.built 2>/dev/null)" = "$mark" ] && return
  say "打包前端资源"
  node frontend/build.mjs || die "前端打包失败，请看上面的报错。"
  printf '%s' "$mark" > $out/.built
}

system_packages
virtualenv
case $TARGET in
  test | check) python_packages dev ;;
  *) python_packages base ;;
esac
node_packages
frontend
