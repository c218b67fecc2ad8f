"""消息：真的 HTTP 网关、真的 SMTP 对端；坏了重试，号码不外泄。"""

import json
import logging
import socketserver
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from django.utils import timezone

from shilong.foundation.adapters import selectors as registry
from shilong.foundation.gm import hmac_sm3, sm3
from shilong.foundation.jobs import selectors as jobs
from shilong.foundation.jobs import services as worker
from shilong.foundation.jobs.models import Job
from shilong.foundation.notify import rules, selectors, services
from shilong.foundation.notify.adapters import BY_CHANNEL
from shilong.foundation.notify.models import Delivery, DevMessage, Message
from shilong.foundation.refusals import NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02", "P27", "W06")]
MOBILE = "13800001234"
MASKED = "138****1234"
CASE = {"item_name": "公共场所卫生许可", "case_no": "4104042611240010000017", "due": "2026年12月1日"}


@pytest.fixture
def configured(monkeypatch):
    configs = {}
    monkeypatch.setattr(registry, "config", configs.get)
    return configs


class Gateway(BaseHTTPRequestHandler):
    """短信网关对端：验签，按去重号只收一次；前 `failures` 次返回 503。"""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        text = "\n".join(("POST", self.path, self.headers["X-Timestamp"], self.headers["X-Nonce"], sm3(body).hex()))
        if hmac_sm3(b"k" * 16, text.encode()).hex() != self.headers["X-Signature"]:
            return self.reply(403, {"code": 1, "message": "bad signature"})
        if self.server.failures > 0:
            self.server.failures -= 1
            return self.reply(503, {})
        payload = json.loads(body)
        if self.server.refuse:
            return self.reply(200, {"code": 7, "message": f"空号 {payload['mobile']}"})
        self.server.seen.setdefault(payload["id"], payload)
        return self.reply(200, {"code": 0, "id": "r-1"})

    def reply(self, status, answer):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer, ensure_ascii=False).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def gateway(configured):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.failures, server.refuse, server.seen = 0, False, {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    configured["sms_http"] = {"url": f"http://127.0.0.1:{server.server_port}/send", "app": "shilong", "secret": "k" * 16}
    yield server
    server.shutdown()
    server.server_close()


class Mailbox(socketserver.StreamRequestHandler):
    """最小的 SMTP 对端；收件人以 `bad@` 开头时拒收。"""

    def handle(self):
        self.say("220 mailbox")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                self.say("354 go on")
                self.server.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.say("250 kept")
            elif verb == "RCPT" and "<bad@" in line:
                self.say("550 no such user")
            elif verb == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 ok")
        return None

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mailbox(configured):
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)
    server.daemon_threads, server.letters = True, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    configured["smtp"] = {"host": "127.0.0.1", "port": server.server_address[1], "security": "none", "sender": "gov@example.test"}
    yield server
    server.shutdown()
    server.server_close()


def test_sms_reaches_a_real_gateway_signed_and_masked(gateway):
    services.send("case_accepted", context=CASE, account_id=5, mobile=MOBILE, subject_no=CASE["case_no"])
    assert worker.run_pending() == 1
    (payload,) = gateway.seen.values()
    assert payload["mobile"] == MOBILE
    assert payload["content"] == "【石龙区政务服务】您的“公共场所卫生许可”（4104042611240010000017）已受理，承诺2026年12月1日前办结。"
    (row,) = selectors.deliveries(subject_no=CASE["case_no"])
    assert (row.state_name, row.masked, row.adapter, row.attempts) == ("已发送", MASKED, "sms_http", 1)


def test_gateway_outage_is_retried_until_it_recovers(gateway):
    gateway.failures = 2
    services.send("case_accepted", context=CASE, mobile=MOBILE)
    worker.run_pending()
    assert selectors.deliveries().items[0].state == "retrying"
    assert Job.objects.get().error.startswith("投递 ")  # 料到的失败只留一句话，没有程序堆栈
    for hours in (1, 2):
        with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False):
            worker.run_pending()
    row = selectors.deliveries().items[0]
    assert (row.state, row.attempts, len(gateway.seen)) == ("sent", 3, 1)


def test_sending_twice_reaches_the_person_once(gateway):
    services.send("case_accepted", context=CASE, mobile=MOBILE)
    worker.run_pending()
    Delivery.objects.update(state="waiting")  # 发出了，但工作进程在记下之前被杀
    services.deliver(Delivery.objects.get().pk, last_attempt=9)
    assert len(gateway.seen) == 1


def test_refused_number_goes_to_dead_letters_without_leaking_it(gateway, caplog):
    caplog.set_level(logging.DEBUG)
    gateway.refuse = True
    services.send("case_accepted", context=CASE, mobile=MOBILE)
    worker.run_pending()
    (letter,) = jobs.dead()
    assert MASKED in letter.error
    row = selectors.deliveries().items[0]
    assert (row.state, row.error) == ("failed", f"短信网关拒收：空号 {MASKED}")
    everything = caplog.text + letter.error + row.error + str(list(Job.objects.values()))
    assert MOBILE not in everything


def test_number_and_content_are_encrypted_at_rest(django_db_blocker):
    from django.db import connection

    services.send("login_code", context={"code": "135790", "minutes": 5}, mobile=MOBILE)
    worker.run_pending()
    with connection.cursor() as cursor:
        for model in (Message, Delivery, DevMessage):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            raw = str(cursor.fetchall())
            assert MOBILE not in raw and "135790" not in raw


def test_expired_login_code_is_not_sent(gateway):
    services.send("login_code", context={"code": "135790", "minutes": 5}, mobile=MOBILE)
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        worker.run_pending()
    assert gateway.seen == {}
    assert selectors.deliveries().items[0].error == "已过有效期，不再发送"


def test_mail_reaches_a_real_smtp_peer(mailbox):
    services.send("case_decided", context={**CASE, "result": "准予"}, email="li@example.test")
    worker.run_pending()
    (letter,) = mailbox.letters
    assert b"To: li@example.test" in letter
    assert selectors.deliveries().items[0].state == "sent"


def test_unknown_mail_recipient_is_given_up(mailbox):
    services.send("case_decided", context=CASE, email="bad@example.test")
    worker.run_pending()
    assert selectors.deliveries().items[0].error == "收件人被拒（550）"
    assert len(jobs.dead()) == 1


def test_without_a_gateway_the_demo_uses_the_devbox(configured):
    services.send("case_submitted", context=CASE, mobile=MOBILE)
    worker.run_pending()
    (row,) = selectors.outbox()
    assert row.target == MASKED and CASE["case_no"] in row.body


def test_without_a_gateway_production_says_so(configured, settings):
    settings.MODE = "production"
    services.send("case_submitted", context=CASE, mobile=MOBILE)
    worker.run_pending()
    assert "没有配置“短信网关" in selectors.deliveries().items[0].error
    assert not DevMessage.objects.exists()


def test_inbox_belongs_to_one_person():
    mine = services.send("case_accepted", context=CASE, account_id=5)
    services.send("case_accepted", context=CASE, account_id=6)
    services.send("login_code", context={"code": "1"}, account_id=5)
    assert [message.id for message in selectors.inbox(5)] == [mine]
    assert selectors.unread_count(5) == 1
    with pytest.raises(NotFound):
        services.mark_read(6, mine)
    assert selectors.unread_count(5) == 1
    assert services.mark_read(5) == 1
    assert (selectors.unread_count(5), selectors.unread_count(6)) == (0, 1)


@pytest.mark.parametrize("key", sorted(rules.TEMPLATES))
def test_every_template_renders_with_missing_values(key):
    filled = rules.render(rules.TEMPLATES[key], {"item_name": "{0.__class__}\x00", "note": None})
    assert "None" not in filled.body and "\x00" not in filled.body
    assert len(rules.TEMPLATES[key].sms) <= 60


def test_unknown_template_is_a_programming_error():
    with pytest.raises(LookupError):
        services.send("nothing", context={})


@pytest.mark.parametrize(
    ("channel", "config", "answer"),
    [
        ("sms", {}, "没有填写：发送地址、应用标识、签名密钥"),
        (
            "sms",
            {"url": "http://127.0.0.1:1/", "app": "a", "secret": "b"},
            "连不上短信网关：对方没有应答或拒绝连接，请核对地址、端口与网络",
        ),
        ("email", {"host": "127.0.0.1", "port": 1, "sender": "a@b.c"}, "连不上邮件服务器：对方拒绝连接，请核对服务器与端口"),
    ],
)
def test_configuration_check_says_what_is_wrong(channel, config, answer):
    assert BY_CHANNEL[channel].check_config(config) == answer
