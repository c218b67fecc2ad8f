"""读文件登记。"""

import uuid

from shilong.foundation.files.models import StoredFile
from shilong.foundation.files.refusals import FileNotFound


def get(file_id: object) -> StoredFile:
    """按编号取登记。

    异常：
        FileNotFound: 没有，或编号不像编号。
    """
    try:
        number = file_id if isinstance(file_id, uuid.UUID) else uuid.UUID(str(file_id))
    except ValueError as error:
        raise FileNotFound from error
    row = StoredFile.objects.filter(pk=number).first()
    if row is None:
        raise FileNotFound
    return row


def owned(file_id: object, account_id: int | None) -> StoredFile:
    """取本人上传的文件；别人的与不存在的说同一句话，不泄露有没有。"""
    row = get(file_id)
    if account_id is None or row.owner_id != account_id:
        raise FileNotFound
    return row
