"""What is asked, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from nba_assets.sources.layout import SECRETS

BodyKind = Literal["json", "html", "pdf", "csv"]
Outcome = Literal[
    "body", "not_found", "not_in_archive", "blocked", "rate_limited", "timeout", "server", "auth",
    "settings", "malformed_request", "refused", "not_whole", "wrong_kind", "empty", "not_accepted",
]  # fmt: skip
# Final answers: asking again in the same run would change nothing and is no failure.
FINAL: frozenset[Outcome] = frozenset({"body", "empty", "not_found", "not_in_archive"})
# What the caller makes of a whole body of the expected kind: such a body has landed.
JUDGED: frozenset[Outcome] = frozenset({"body", "empty", "not_accepted"})
# The host's failures, which its breaker counts. A 429 has its wait, and what is wrong with one request
# (malformed, not found, retired) says that the host is well.
FAILURES: frozenset[Outcome] = frozenset(
    {"timeout", "not_whole", "server", "blocked", "auth", "settings", "wrong_kind"}
)
OUTCOMES: Mapping[int, Outcome] = {
    400: "malformed_request",
    401: "auth",
    403: "blocked",
    407: "settings",
    422: "malformed_request",
    429: "rate_limited",
    451: "blocked",
}


@dataclass(frozen=True)
class Request:
    """A GET of one provider URL. `params` hold no secrets and no empty values.

    Attributes:
        kind: of the body that is expected; another one is a block page or a defect.
        cost: credits that it may cost, where its host counts them.
    """

    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    kind: BodyKind = "json"
    cost: int = 0

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    def __str__(self) -> str:
        shown = sorted((k, v) for k, v in self.params.items() if k.lower() not in SECRETS)
        query = "&".join(f"{k}={v}" for k, v in shown)
        return f"{self.url}?{query}" if query else self.url


@dataclass(frozen=True)
class Answer:
    """What came of a request: a whole body of the expected kind, or the reason why there is none.

    `body` is also there, as evidence, where it was not whole or of another kind; `observed_at` is
    the instant of receipt, or the archive's; `seconds` are those of all its calls and waits,
    `latency` those of its last call; `credits` what its last call cost and what the host says is
    left; `skew` how far the provider's clock is ahead of ours, where they disagree.
    """

    request: Request
    outcome: Outcome
    observed_at: datetime
    reason: str = ""
    status: int | None = None
    body: bytes | None = None
    attempts: int = 1
    seconds: float = 0.0
    latency: float = 0.0
    credits: tuple[int, int | None] | None = None
    skew: timedelta = timedelta(0)

    @property
    def is_final(self) -> bool:
        return self.outcome in FINAL
