"""Django 设置。全部可变项来自环境变量；没有环境变量时就是“演示模式 + SQLite”。

环境变量：
    SHILONG_MODE      demo（默认，只监听回环）| production | test
    SHILONG_DATA      数据目录：数据库、文件、密钥、演示账号都在里面；默认 var
    SHILONG_DATABASE  postgresql://用户:密码@主机:端口/库；默认 SQLite（DATA/shilong.sqlite3）
    SHILONG_HOSTS     生产模式允许的主机名，逗号分隔
"""

import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, SELF

from shilong.config import secrets

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parents[1]
MODE = os.environ.get("SHILONG_MODE") or ("test" if "pytest" in sys.modules else "demo")
DATA = Path(os.environ.get("SHILONG_DATA") or ("/tmp/shilong-test" if MODE == "test" else ROOT / "var")).resolve()  # noqa: S108
DATA.mkdir(parents=True, exist_ok=True)

KEYS = secrets.load(DATA, test=MODE == "test")
SECRET_KEY = KEYS["django"]
FIELD_KEY = bytes.fromhex(KEYS["field"])  # SM4-GCM 字段加密主密钥
INDEX_KEY = bytes.fromhex(KEYS["index"])  # SM3-HMAC 检索索引
AUDIT_KEY = bytes.fromhex(KEYS["audit"])  # 审计行 SM3-HMAC

DEBUG = False
ALLOWED_HOSTS = [h for h in os.environ.get("SHILONG_HOSTS", "").split(",") if h] or ["127.0.0.1", "localhost", "testserver", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"https://{h}" for h in ALLOWED_HOSTS] if MODE == "production" else []

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",  # 接口文档页用它自带的静态文件，不连外网
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "csp",
    "shilong.foundation.calendar",
    "shilong.foundation.codes",
    "shilong.foundation.gm",
    "shilong.foundation.events",
    "shilong.foundation.jobs",
    "shilong.foundation.files",
    "shilong.foundation.documents",
    "shilong.foundation.numbering",
    "shilong.foundation.audit",
    "shilong.foundation.notify",
    "shilong.foundation.adapters",
    "shilong.identity.accounts",
    "shilong.identity.organizations",
    "shilong.identity.roles",
    "shilong.identity.realname",
    "shilong.service.catalog",
    "shilong.service.forms",
    "shilong.service.materials",
    "shilong.service.cases",
    "shilong.service.amendments",
    "shilong.service.seals",
    "shilong.service.licences",
    "shilong.service.ratings",
    "shilong.service.delivery",
    "shilong.service.enquiries",
    "shilong.service.library",
    "shilong.service.handoff",
    "shilong.service.insight",
    "shilong.hall.terminals",
    "shilong.service.queueing",
    "shilong.service.booking",
    "shilong.service.joint",
    "shilong.web.common",
    "shilong.web.portal",
    "shilong.web.window",
    "shilong.web.kiosk",
    "shilong.web.office",
    "shilong.web.rating",
    "shilong.web.supervise",
    "shilong.web.console",
    "shilong.config.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "shilong.web.common.middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "shilong.web.kiosk.middleware.KioskMiddleware",  # 先看终端还认不认、会话过没过期，再看是谁
    "shilong.web.common.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "shilong.web.common.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "shilong.config.urls"
WSGI_APPLICATION = "shilong.config.wsgi.application"

# cotton 与 partials 都要改模板加载器：两者都用 SimpleAppConfig，加载器在这里显式列出。
_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", [("django.template.loaders.cached.Loader", _LOADERS)])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "shilong.web.common.context.site",
            ],
            "builtins": [
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "shilong.web.common.templatetags.gov",
            ],
        },
    }
]
COTTON_DIR = "cotton"


def _database(url: str) -> dict:
    """把 SHILONG_DATABASE 变成 Django 数据库设置。"""
    if not url:
        name = DATA / "shilong.sqlite3"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;PRAGMA cache_size=-65536;",
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        # 从池里取出时先问一声：数据库重启过后，池里的旧连接不会变成用户看到的错误。
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {} if MODE == "test" else {"pool": {"min_size": 2, "max_size": 16, "timeout": 5}},
    }


DATABASES = {"default": _database(os.environ.get("SHILONG_DATABASE", ""))}
if suffix := os.environ.get("SHILONG_TEST_SUFFIX"):
    DATABASES["default"]["TEST"] = {"NAME": f"test_shilong_{suffix}"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "shilong.identity.accounts.passwords.LengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "shilong.identity.accounts.passwords.CharacterClassValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"

# 登录失败锁定：5 次 / 15 分钟（等保三级常用值），按用户名与 IP 同时计。
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# 登录框里可能填了证件号、手机号甚至密码：axes 库里只存索引；成功登录由 SignIn 与审计记，不另存一份。
AXES_USERNAME_CALLABLE = "shilong.identity.accounts.lockout.stored_name"
AXES_DISABLE_ACCESS_LOG = True

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "shilong_session"
CSRF_COOKIE_NAME = "shilong_csrf"
CSRF_FAILURE_VIEW = "shilong.web.common.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
if MODE == "production":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": ["'none'"],
        "frame-ancestors": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE == "test"
FRONTEND_BUILD = PACKAGE / "web" / "static" / "build"

FILES_DIR = DATA / "files"
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend" if MODE == "test" else "django.core.mail.backends.smtp.EmailBackend"

# 区划、站点
REGION_CODE = "410404"
SITE_NAME = "石龙区政务服务网"
PLATFORM_NAME = "石龙区一体化政务服务平台"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("SHILONG_LOG", "WARNING")},
}
SILENCED_SYSTEM_CHECKS = ["axes.W003"]
