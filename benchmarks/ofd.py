"""版式文件场景：制证（含盖章）、验章、PDF 与签名。字形已缓存，但每张证的持证人名字不同，字体子集要现拼。"""

import itertools
import json
from datetime import UTC, datetime, timedelta

from benchmarks.engine import Report
from benchmarks.world import Scene
from shilong.foundation.documents import pades, rules, typesetting
from shilong.foundation.documents import services as documents
from shilong.foundation.documents.ofd import package, signing, verify, writer
from shilong.foundation.documents.tests import ofd_world as world
from shilong.identity import testing as people
from shilong.identity.roles.actor import SYSTEM, Role
from shilong.service.cases import testing as cases
from shilong.service.seals import services as seals
from shilong.service.seals.testing import make_seal

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华"
FACTS = {
    "number": "石龙受〔2026〕第000001号",
    "title": "行政许可申请受理通知书",
    "issuer": "平顶山市石龙区某局",
    "subject": "1",
    "issued_on": "2026年11月24日",
    "law": "",
    "permit": "1",
    "remedy": rules.remedy(),
    "verify_code": "A" * 16,
    "verify_url": "http://127.0.0.1/verify/A/",
    "materials": [{"name": f"材料{number}"} for number in range(10)],
    "items": [],
    "events": [],
}
AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def run(report: Report, scene: Scene) -> None:
    signer = world.issued("石龙区市场监督管理局")
    large = world.stamp_png(480)
    sealing = signing.Sealing(world.seal(signer, picture=large), signer.certificate, signer.key)
    names = itertools.cycle(f"石龙区{one}{other}饭店" for one in SURNAMES for other in GIVEN)
    report.cpu("整份证照 OFD，含一枚章", lambda: licence(next(names), sealing), most=12)
    report.cpu("批量给 OFD 盖章", lambda: stamped(sealing))
    signed = licence("石龙区测试饭店", sealing)
    report.cpu("验章", lambda: checked(signed), most=8)
    pdf(report)
    platform(report, scene)


def platform(report: Report, scene: Scene) -> None:
    """印章服务：验章（另核对登记、状态、用章日志），出一份文书并盖成 OFD、PDF 两份。"""
    leader = people.make_staff(Role.LEADER, department="scjg", username="bench-leader")
    seal_no = make_seal("scjg", leader=leader, bureau=scene.bureau)
    signed = seals.stamp(world.unsigned(), seal_no=seal_no, doc_type="other", doc_id="基准", actor=SYSTEM, stamps=[world.BOX])
    if not seals.verify(signed).ok:
        raise SystemExit("平台验章不通过")
    report.cpu("印章服务验章", lambda: seals.verify(signed), most=8)
    file_ids = json.loads(scene.body)["materials"][0]["file_ids"]
    case_no = cases.submit_case(scene.item_code, actor=scene.citizen, file_ids=file_ids).case_no
    facts = {"applicant": "测试甲", "item_name": "测试事项", "case_no": case_no}

    def sealed() -> None:
        paper = documents.issue("acceptance", subject=case_no, context=facts, issuer="平顶山市石龙区某局", department="scjg")
        seals.seal_automatically(paper.number)

    report.cpu("文书排版并盖章（OFD、PDF 各一份）", sealed)


def licence(holder: str, sealing: signing.Sealing) -> bytes:
    """写一张证照并盖章。"""
    files = writer.build(world.certificate(holder), attachments=[world.attachment()])
    return package.pack(signing.apply(files, sealing, stamps=[world.BOX], at=AT))


def stamped(sealing: signing.Sealing) -> None:
    signing.sign_many([(world.unsigned(), [world.BOX])], sealing=sealing, at=AT)


def checked(ofd: bytes) -> None:
    """验一份；不通过就停：量出来的数没有意义。"""
    if not verify.verify(ofd, roots=[world.root().certificate]).ok:
        raise SystemExit("验章不通过")


def pdf(report: Report) -> None:
    identity = pades.ensure_identity("性能基准")
    stamp = pades.VisibleStamp(world.stamp_png(480), 1, 130, 222, 40, 40)
    moments = (AT + timedelta(seconds=number) for number in itertools.count())

    def sealed() -> bytes:
        at = next(moments)
        drawn = typesetting.compile_pdf("acceptance", FACTS, at=at)
        return pades.sign(drawn, key=identity.key, certificates=identity.certificates, at=at, reason="受理通知书", stamp=stamp)

    report.cpu("PDF 排版并签名（看得见的章）", sealed, most=15)
    if not pades.verify(sealed(), pades.roots()).ok:
        raise SystemExit("PDF 验签不通过")
