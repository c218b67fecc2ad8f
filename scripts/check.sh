#!/usr/bin/env bash
# 静态检查。一项不过不停，全部跑完再给结论，免得改一处跑一遍。
set -uo pipefail
cd "$(dirname "$0")/.."
export SHILONG_MODE=test SHILONG_DATA="${TMPDIR:-/tmp}/shilong-check" PYTHONPATH=src DJANGO_SETTINGS_MODULE=shilong.config.settings
BIN=.venv/bin
failed=()

step() {
  local name=$1; shift
  printf '\n── %s\n' "$name"
  "$@" || failed+=("$name")
}

step "代码规范（ruff check）" $BIN/ruff check .
step "代码格式（ruff format）" $BIN/ruff format --check .
step "楼层契约（import-linter）" $BIN/lint-imports --no-cache
step "类型（mypy）" $BIN/mypy src
step "Django 自检" $BIN/python -m django check
step "迁移没有遗漏" $BIN/python -m django makemigrations --check --dry-run
step "需求追踪表最新" $BIN/shilong requirements --check
step "锁文件与声明一致" $BIN/python scripts/check_locks.py
step "仓库里没有密钥、软件源主机与本机路径" $BIN/python scripts/check_repository.py

if [ ${#failed[@]} -gt 0 ]; then
  printf '\n✗ 没有通过：\n'; printf '    %s\n' "${failed[@]}"; exit 1
fi
printf '\n✓ 全部通过\n'
