"""读文件登记。"""

import uuid
from collections.abc import Iterable

from shilong.foundation.files.models import StoredFile
from shilong.foundation.files.refusals import FileNotFound


def get(file_id: object) -> StoredFile:
    """按编号取登记。

    异常：
        FileNotFound: 没有，或编号不像编号。
    """
    return get_many([file_id])[str(file_id)]


def get_many(file_ids: Iterable[object]) -> dict[str, StoredFile]:
    """一次取若干个登记，键是调用人给的写法。

    异常：
        FileNotFound: 有一个没有，或编号不像编号。
    """
    numbers = {str(one): _number(one) for one in file_ids}
    rows = StoredFile.objects.in_bulk(set(numbers.values())) if numbers else {}
    try:
        return {given: rows[number] for given, number in numbers.items()}
    except KeyError as error:
        raise FileNotFound from error


def _number(file_id: object) -> uuid.UUID:
    try:
        return file_id if isinstance(file_id, uuid.UUID) else uuid.UUID(str(file_id))
    except ValueError as error:
        raise FileNotFound from error


def owned(file_id: object, account_id: int | None) -> StoredFile:
    """取本人上传的文件；别人的与不存在的说同一句话，不泄露有没有。"""
    row = get(file_id)
    if account_id is None or row.owner_id != account_id:
        raise FileNotFound
    return row
