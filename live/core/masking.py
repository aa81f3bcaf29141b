"""Take secrets out of addresses, mistyped ones too, and out of lines that hold one. Knows no stream and no terminal.

Cameras take users and passwords before the host, in the query, in the fragment and even in the path.
"""

from __future__ import annotations

import re

MASK = "***"
SCHEMES = "https?|rtsps?|rtmps?|udp|tcp|srt|mms|ftps?|wss?|file"
HEAD = re.compile(rf"(?i)\s*(?:[a-z][\w+.-]*://+|(?:{SCHEMES})[:;/\\]*[/\\:;]+|[a-z][\w+.-]+[:;]+[/\\]+|[/\\]{{2,}})")
"""What an address begins with, as it should be written and as people mistype it: `http:/`, `rtsp//`, `http;//`, `rtsp:\\\\`."""
DRIVE = re.compile(r"(?i)[a-z]:[\\/]")
HOST = re.compile(r"(\[[^]]*\]|[^:@]*)(:\d*)?")
SECRET_NAME = "user|usr|login|pass|pwd|psw|token|secret|auth|key|sign|sig|session|credential|hash"
SECRET = re.compile(rf"(?i)\b([a-z_-]*(?:{SECRET_NAME})[a-z_-]*)=[^&;/?#]*")
PART_OF_A_QUERY = re.compile(r"([&;][^=&;/?#]+)=[^&;/?#]*")
IN_A_LINE = re.compile(
    rf"(?i)(?<![\w/\\.])(?:[a-z][\w+.-]+[:;]+[/\\]+|(?:{SCHEMES})[:;/\\]*[/\\:;]+)"
    r"(?:[^\s/@]*:[^@/\r\n]*@)?[^\s<>]+|[^\s<>='\"]*:[^\s<>]*@[^\s<>]+"
)
AT_ITS_END = ".,;:!?)]}'\""
"""Signs of the sentence around an address, which is never taken to end in them."""


def without_secrets(address: str) -> str:
    """The address as it may be shown and logged: no user, no password, no value of a query, no fragment.

    What is no address, such as a file's name, comes back as it is, unless something like `user:password@` stands in it.
    """
    head, rest = _parted(address)
    body, mark, query = _cut_query(rest, is_address=bool(head))
    at = _end_of_user(body, is_address=bool(head))
    if at and not head.rstrip().endswith("://"):
        head += MASK + "@"  # of what was mistyped, all is shown that is no secret: who typed it is to find the slip
    body = SECRET.sub(rf"\1={MASK}", body[at:])
    if not head:
        return body + mark + query
    return head + PART_OF_A_QUERY.sub(rf"\1={MASK}", body) + mark + _masked_query(query, mark)


def masked(line: str) -> str:
    """A line of text with all addresses in it as `without_secrets` shows them."""
    return IN_A_LINE.sub(_masked_token, line)


def _masked_token(match: re.Match[str]) -> str:
    """One word that may be an address; the sentence's own signs after it stay."""
    word = match[0]
    address = word.rstrip(AT_ITS_END)
    return without_secrets(address) + word[len(address) :]


def _parted(address: str) -> tuple[str, str]:
    """How an address begins, empty for what is none, and the rest of it."""
    found = None if DRIVE.match(address) else HEAD.match(address)
    return ("", address) if found is None else (found[0], address[found.end() :])


def _cut_query(rest: str, *, is_address: bool) -> tuple[str, str, str]:
    """The part before a query or fragment, its first sign, and what follows; a name of a file may hold both signs."""
    last = rest.rfind("@")
    for found in re.finditer(r"[?#]", rest):
        # a password may hold these signs unescaped: before the last @ they begin no query, where a user's name could be meant
        if found.start() > last or not _end_of_user(rest, is_address=is_address):
            return rest[: found.start()], found[0], rest[found.end() :]
    return rest, "", ""


def _end_of_user(rest: str, *, is_address: bool) -> int:
    """Where the host begins, after `user:password@`; 0 where there is no user. rest: what follows the scheme."""
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if not is_address:
        # me@home.jpg is a file's name
        found = re.match(r"[^/\\]*:.*@", rest) if not DRIVE.match(rest) else None
        return 0 if found is None else found.end()
    if "@" in authority:
        return authority.rindex("@") + 1
    if "@" not in rest:
        return 0
    if HOST.fullmatch(authority) is not None and (
        ":" not in authority.rpartition("]")[2] or rest[len(authority) + 1 :].startswith("@")
    ):
        return 0  # http://host:80/@somebody
    return rest.rindex("@") + 1  # a password with an unescaped / in it


def _masked_query(query: str, mark: str) -> str:
    """A query with its values masked; a fragment, or a query without names, is all mask."""
    if not query or mark == "#":
        return MASK if query else ""
    parts = [
        f"{name}={MASK}" if equals else MASK
        for name, equals, _ in (part.partition("=") for part in re.split("[&;]", query.partition("#")[0]))
    ]
    return "&".join(parts)
