-- 以 postgres 用户执行：psql -v password="'口令'" -f init.sql
-- 库用 C 排序规则：中文排序由应用按拼音做，C 排序让前缀查询走索引且各版本一致。
\set ON_ERROR_STOP on
CREATE ROLE shilong LOGIN PASSWORD :password;
CREATE DATABASE shilong OWNER shilong ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE shilong FROM PUBLIC;
\connect shilong
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO shilong;
-- 一个忘了提交的会话会挡住清理与加锁；慢查询不能无限占着连接
ALTER ROLE shilong SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE shilong SET statement_timeout = '60s';
ALTER ROLE shilong SET lock_timeout = '10s';
ALTER ROLE shilong SET timezone = 'Asia/Shanghai';
