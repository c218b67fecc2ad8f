# 每个目标都能在全新的 Debian 12 上自己准备好一切；重复执行只做没做过的部分。
PORT ?= 8000
DATA ?= var
export SHILONG_DATA = $(abspath $(DATA))

.PHONY: run test check bench clean help
.DEFAULT_GOAL := help

help: ## 列出可用的命令
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{ printf "  make %-8s %s\n", $$1, $$2 }'

run: ## 准备环境并启动演示系统：make run PORT=8000 DATA=var
	@scripts/bootstrap.sh run
	@exec .venv/bin/shilong serve --port $(PORT)

test: ## 全部测试：先 SQLite 全量，再 PostgreSQL（浏览器测试除外）
	@scripts/bootstrap.sh test
	@scripts/test.sh

check: ## 静态检查：格式、类型、楼层契约、迁移、需求表、锁文件、密钥
	@scripts/bootstrap.sh check
	@scripts/check.sh

bench: ## 性能基准，输出 Markdown 表
	@scripts/bootstrap.sh bench
	@.venv/bin/python -m benchmarks

clean: ## 删除虚拟环境与构建产物（不动 DATA）
	rm -rf .venv node_modules src/shilong/web/static/build test-artifacts
