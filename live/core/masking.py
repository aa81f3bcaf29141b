"""Mask secrets in addresses, also mistyped ones, and in lines that contain them. Knows no stream and no terminal.

Cameras accept users and passwords before the host, in the query, in the fragment and in the path.
"""

from __future__ import annotations

import re

MASK = "***"
SCHEMES = "https?|rtsps?|rtmps?|udp|tcp|srt|mms|ftps?|wss?|file"
HEAD = re.compile(rf"(?i)\s*(?:[a-z][\w+.-]*://+|(?:{SCHEMES})[:;/\\]*[/\\:;]+|[a-z][\w+.-]+[:;]+[/\\]+|[/\\]{{2,}})")
"""The pattern of a scheme, correct or mistyped: `http:/`, `rtsp//`, `http;//`, `rtsp:\\\\`."""
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
"""Punctuation that belongs to the sentence when it follows an address."""


def without_secrets(address: str) -> str:
    """The address for display and logs: without user, password, query values and fragment.

    Other text, such as a file name, is returned unchanged unless it contains something like `user:password@`.
    """
    head, rest = _parted(address)
    body, mark, query = _cut_query(rest, is_address=bool(head))
    at = _end_of_user(body, is_address=bool(head))
    if at and not head.rstrip().endswith("://"):
        head += MASK + "@"  # the rest of a mistyped address is shown, so that the user can find the mistake
    body = SECRET.sub(rf"\1={MASK}", body[at:])
    if not head:
        return body + mark + query
    return head + PART_OF_A_QUERY.sub(rf"\1={MASK}", body) + mark + _masked_query(query, mark)


def masked(line: str) -> str:
    """The line with each address in it replaced by the result of `without_secrets`."""
    return IN_A_LINE.sub(_masked_token, line)


def _masked_token(match: re.Match[str]) -> str:
    """Mask one word that may be an address, and keep the punctuation after it."""
    word = match[0]
    address = word.rstrip(AT_ITS_END)
    return without_secrets(address) + word[len(address) :]


def _parted(address: str) -> tuple[str, str]:
    """Split an address into its scheme and the rest. The scheme is empty if the text is no address."""
    found = None if DRIVE.match(address) else HEAD.match(address)
    return ("", address) if found is None else (found[0], address[found.end() :])


def _cut_query(rest: str, *, is_address: bool) -> tuple[str, str, str]:
    """Split at the query or fragment: the part before it, `?` or `#`, the part after it. File names may contain both."""
    last = rest.rfind("@")
    for found in re.finditer(r"[?#]", rest):
        # a password may contain both unescaped: before the last @ they start no query if a user is possible
        if found.start() > last or not _end_of_user(rest, is_address=is_address):
            return rest[: found.start()], found[0], rest[found.end() :]
    return rest, "", ""


def _end_of_user(rest: str, *, is_address: bool) -> int:
    """The index of the host, after `user:password@`; 0 without a user. rest: the text after the scheme."""
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if not is_address:
        # me@home.jpg is a file name
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
    """The query with its values masked. A fragment, or a part without a name, is masked completely."""
    if not query or mark == "#":
        return MASK if query else ""
    parts = [
        f"{name}={MASK}" if equals else MASK
        for name, equals, _ in (part.partition("=") for part in re.split("[&;]", query.partition("#")[0]))
    ]
    return "&".join(parts)
