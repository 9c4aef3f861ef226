"""Which host of a pool runs which meeting, where a platform lets one host run only one at a time.

The database refuses two at once (sql/video_hosting_1.sql): whatever two workers do at the same moment, one of them
takes another host. A host is taken before anything is made there, so that what was made can be found again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from expertim.video.models import Hosting


def host_of(reference: int) -> str:
    """The host that the meeting has; empty where it has none."""
    return Hosting.objects.filter(pk=reference).values_list("host", flat=True).first() or ""


def take(*, reference: int, begins: datetime, ends: datetime, hosts: Sequence[str]) -> str:
    """A host that is free then, the former one if it can be; empty, and none is held, where all are taken."""
    former = host_of(reference)
    for host in sorted(hosts, key=lambda host: host != former):
        try:
            with transaction.atomic():
                Hosting.objects.update_or_create(
                    reference=reference, defaults={"host": host, "begins": begins, "ends": ends}
                )
        except IntegrityError:
            continue
        return host
    let_go(reference)
    return ""


def let_go(reference: int) -> None:
    Hosting.objects.filter(pk=reference).delete()
