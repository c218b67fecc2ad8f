"""后台排版：签发后尽早把 PDF 备好，群众点开时不用等。"""

from shilong.foundation.documents import services
from shilong.foundation.jobs.registry import job


@job("documents.render", retries=8, base=30, cap=3600)
def render(number: str) -> None:
    """排版并存档一份文书；由签发它的业务在提交后入队。重复执行无害：已有存档直接返回。"""
    services.render(number)
