"""Where the server listens and how, as its user says. Knows no server, and loads no package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from live.web.addresses import is_this_machine_alone


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Where the server listens, and how."""

    host: str = "127.0.0.1"
    port: int = 8765
    """0 means any that is free."""
    certificate: Path | None = None
    key: Path | None = None
    is_self_signed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether other machines reach the server: a token and HTTPS are needed."""
        return not is_this_machine_alone(self.host)

    @property
    def is_https(self) -> bool:
        """Whether the server speaks HTTPS."""
        return self.is_self_signed or self.certificate is not None
