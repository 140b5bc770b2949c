"""What cannot be lowered, before it is known on which line it stands."""

from __future__ import annotations


class Refusal(Exception):
    """The reason, the function and a hint."""

    def __init__(self, reason: str, function: str = "", hint: str = "") -> None:
        super().__init__(reason)
        self.reason, self.function, self.hint = reason, function, hint
