#!/usr/bin/env bash
# 备份：数据库 + 数据目录（上传文件、文书存档、密钥）。由 cron 或 systemd timer 每天执行。
# 用法：backup.sh 目标目录 [保留天数，默认 30]
set -euo pipefail
TARGET=${1:?用法：backup.sh 目标目录 [保留天数]}
KEEP=${2:-30}
: "${SHILONG_DATA:?请先载入 /etc/shilong/shilong.env}"
umask 077
mkdir -p "$TARGET"
STAMP=$(date +%Y%m%d-%H%M%S)
WORK=$(mktemp -d "$TARGET/.part.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

# 先备库再备文件：文件只增不改，后备的文件必然覆盖库里引用到的全部内容
if [ -n "${SHILONG_DATABASE:-}" ]; then
  pg_dump --format=custom --file="$WORK/database.dump" "$SHILONG_DATABASE"
  pg_restore --list "$WORK/database.dump" >/dev/null
else
  # SQLite 在线备份接口：写着的库也能得到一致的副本
  python3 - "$SHILONG_DATA/shilong.sqlite3" "$WORK/database.sqlite3" <<'PY'
import sqlite3, sys
source, copy = sqlite3.connect(sys.argv[1]), sqlite3.connect(sys.argv[2])
source.backup(copy)
assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",), "备份完整性检查没有通过"
PY
fi
tar --create --gzip --file="$WORK/data.tar.gz" --directory="$SHILONG_DATA" \
  --exclude='shilong.sqlite3*' --exclude=./static --exclude=./previews .
(cd "$WORK" && sha256sum -- * >SHA256SUMS && sha256sum --quiet --check SHA256SUMS)
mv "$WORK" "$TARGET/$STAMP"
trap - EXIT
find "$TARGET" -mindepth 1 -maxdepth 1 -type d -name '20*' -mtime "+$KEEP" -exec rm -rf {} +
echo "已备份到 $TARGET/$STAMP"
