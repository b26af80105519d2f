"""Where an address leads, and whether it may: what is on this machine or in its own network only where a person said so.

A name is resolved once, every address it leads to is judged, and the very address that was judged is called, so that a name
that leads elsewhere a moment later changes nothing.
"""

import ipaddress
import socket

from journey.errors import QuestionError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def refuse_address(host: str, nearby: bool) -> None:
    """Refuse a host that is an address, or a name that always means this machine, where it may not be called.

    Raises: QuestionError
    """
    if host == "localhost" or host.endswith(".localhost"):
        _refuse(ipaddress.ip_address("127.0.0.1"), host, nearby)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    _refuse(address, host, nearby)


def resolve_host(host: str, port: int, nearby: bool) -> str:
    """The address to call.

    Raises:
        OSError: the name leads nowhere now.
        QuestionError: it leads where it must not.
    """
    found = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        _refuse(address, host, nearby)
    return str(next((address for address in found if address.version == 4), found[0]))


def _refuse(address: Address, host: str, nearby: bool) -> None:
    inner = getattr(address, "ipv4_mapped", None) or address
    if inner.is_global and not inner.is_multicast:
        return
    if inner.is_link_local or inner.is_multicast or inner.is_unspecified or inner.is_reserved:
        raise QuestionError(f"{host!r} leads to {inner}, where no receiver is ever called. Name another address.")
    if not nearby:
        raise QuestionError(
            f"{host!r} leads to {inner}, on this machine or in its own network. "
            "If the receiver is meant to be there, say that it is nearby; else name another address."
        )
