"""Whether a request comes from this very machine: the outbox and the demo's one-click logins are for nobody else."""

from ipaddress import ip_address

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

# A proxy on the same machine also connects from the loopback; what it adds gives it away.
_PROXY_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


def from_this_machine(request: HttpRequest) -> bool:
    """True when the connection, and the name the browser asked for, are this machine's loopback, and no proxy spoke.

    The name counts too: a web page elsewhere can let its own name point here (DNS rebinding).
    """
    if any(request.META.get(header) for header in _PROXY_HEADERS):
        return False
    try:
        host = request.get_host().rsplit(":", 1)[0] if not request.get_host().endswith("]") else request.get_host()
    except DisallowedHost:
        return False
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and (host == "localhost" or _is_loopback(host.strip("[]")))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
