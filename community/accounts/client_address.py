"""Whose address it is: the one place that says where a request comes from.

A header that anybody can send proves nothing. Only what the proxies in front of the site have added is believed, and
how many of them there are says ALLAUTH_TRUSTED_PROXY_COUNT: the last so many entries of X-Forwarded-For are theirs.
"""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

#: A connection at home gets a whole network of IPv6 addresses; each of them would be somebody else's.
PREFIX = 64


def client_ip(request: HttpRequest) -> str:
    """The visitor's IP address as the outermost trusted proxy saw it; "" where there is none (a local socket)."""
    trusted: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    hops = [each.strip() for each in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    # Fewer entries than proxies: the request did not come through all of them, so nobody vouches for any.
    told = hops[-trusted] if 0 < trusted <= len(hops) else ""
    return _cleaned(told) or _cleaned(request.META.get("REMOTE_ADDR", ""))


def client_address(request: HttpRequest) -> str:
    """As `client_ip`, for counting: an IPv6 address stands for its network of /64."""
    told = client_ip(request)
    if told and isinstance(ip_address(told), IPv6Address):
        return str(ip_network(f"{told}/{PREFIX}", strict=False))
    return told or "nowhere"


def _cleaned(told: str) -> str:
    """The address in its one spelling; "" for what is none. IPv4 in IPv6's clothes is IPv4."""
    try:
        address = ip_address(told.strip("[]"))
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or IPv6Address(int(address)))  # without a zone ("%eth0")
    return str(address)
