"""What the tests of accounts share: reading codes out of mails, and being an authenticator app."""

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import Any

from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from community.actions.brand import FIELDS
from community.models import Brand, BrandLink, User
from tests.factories import person

PASSWORD = "correct horse"
SECRET = "JBSWY3DPEHPK3PXP"


def member(name: str = "", *roles: str, **fields: object) -> User:
    """Somebody whose address is confirmed, so that they can sign in."""
    made = person(name, *roles, **fields)
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def mailed_code() -> str:
    """The code in the last mail."""
    found = re.search(r"^    ([A-Z]{4}-[A-Z]{4})$", str(mail.outbox[-1].body), re.M)
    assert found, mail.outbox[-1].body
    return found[1]


def app_code(secret: str = SECRET, *, steps: int = 0) -> str:
    """What an authenticator app shows (RFC 6238: SHA-1, six digits, half a minute), `steps` half minutes from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    number = struct.unpack(">I", digest[digest[-1] & 15 :][:4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str):
    return client.post("/accounts/login/", {"login": name, "password": password, **more})


def signed_in_as(client: Client) -> User | None:
    """Who the site takes this browser for."""
    user = client.get("/accounts/logout/").wsgi_request.user
    return user if user.is_authenticated else None


def brand_form(*links: tuple[str, str], **fields: Any) -> dict[str, Any]:
    """What the admin's form for the brand sends; `links` replace those there are."""
    form = {name: getattr(Brand.objects.get(), name) for name in FIELDS} | fields
    there = BrandLink.objects.count()
    form |= {"links-TOTAL_FORMS": str(there + len(links)), "links-INITIAL_FORMS": str(there)}
    for at, row in enumerate(BrandLink.objects.all()):
        form |= {f"links-{at}-id": row.pk, f"links-{at}-brand": 1, f"links-{at}-label": row.label}
        form |= {f"links-{at}-url": row.url, f"links-{at}-position": row.position}
        form |= {f"links-{at}-DELETE": "on"} if links else {}
    for at, (label, url) in enumerate(links, there):
        form |= {f"links-{at}-label": label, f"links-{at}-url": url, f"links-{at}-brand": 1}
    return form
