#!/usr/bin/env bash
# 测试：SQLite 上跑全部，再在 PostgreSQL 上跑非浏览器的部分。
# 环境变量：WORKERS 并行数（默认 2）；PG=0 跳过 PostgreSQL；SHILONG_TEST_DATABASE 用现成的 PostgreSQL。
set -euo pipefail
cd "$(dirname "$0")/.."
WORKERS=${WORKERS:-2}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/shilong-test.XXXXXX")
export SHILONG_MODE=test SHILONG_DATA="$WORK/data"
PG_STOP=()

stop() {
  # 经 runuser 起的进程收不到转发的信号，必须用 pg_ctl 停
  [ ${#PG_STOP[@]} -eq 0 ] || "${PG_STOP[@]}" >/dev/null 2>&1 || true
  rm -rf "$WORK"
}
trap stop EXIT INT TERM

printf '── SQLite：全部测试\n'
.venv/bin/pytest -n "$WORKERS" --dist loadfile -m "not postgres" "$@"

if command -v node >/dev/null; then
  vectors=$(find src tests -name '*.test.[cm]js' -not -path '*/node_modules/*')
  # shellcheck disable=SC2086
  [ -z "$vectors" ] || { printf '\n── 浏览器脚本\n'; node --test $vectors; }
fi

[ "${PG:-1}" = 0 ] && { printf '\n（按 PG=0 跳过 PostgreSQL）\n'; exit 0; }

start_postgres() {
  local bin port; bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
  [ -n "$bin" ] || bin=$(dirname "$(command -v initdb 2>/dev/null || true)")
  [ -x "$bin/initdb" ] || return 1
  port=$(.venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  local as=()
  # initdb 拒绝以 root 运行：换成 postgres 用户，没有这个用户就说明原因跳过。
  if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 && command -v runuser >/dev/null || return 1
    as=(runuser -u postgres --)
    chmod 711 "$WORK"
    install -d -o postgres "$WORK/pg"
  fi
  "${as[@]}" "$bin/initdb" -D "$WORK/pg" -U postgres -A trust -E UTF8 --no-locale -N >"$WORK/initdb.log" 2>&1 || { cat "$WORK/initdb.log" >&2; return 1; }
  # 临时库不怕掉电：关掉落盘换速度。
  PG_STOP=("${as[@]}" "$bin/pg_ctl" -D "$WORK/pg" -m immediate -w stop)
  "${as[@]}" "$bin/pg_ctl" -D "$WORK/pg" -l "$WORK/pg/server.log" -w -t 60 \
    -o "-p $port -h 127.0.0.1 -k $WORK/pg -F -c full_page_writes=off -c synchronous_commit=off -c max_connections=60" \
    start >/dev/null && { export SHILONG_DATABASE="postgresql://postgres@127.0.0.1:$port/postgres"; return 0; }
  cat "$WORK/pg/server.log" >&2 || true
  return 1
}

printf '\n── PostgreSQL：浏览器测试除外\n'
if [ -n "${SHILONG_TEST_DATABASE:-}" ]; then
  export SHILONG_DATABASE=$SHILONG_TEST_DATABASE
elif ! start_postgres; then
  printf '跳过：这台机器上没有可用的 PostgreSQL（apt-get install postgresql 后重跑；root 用户还需要有 postgres 系统用户）。\n'
  exit 0
fi
export SHILONG_DATA="$WORK/data-pg"
.venv/bin/pytest -n "$WORKERS" --dist loadfile -m "not browser" "$@"
