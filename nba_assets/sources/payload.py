"""What all payload models share: strict types, and how a body becomes one of them."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from nba_assets.sources.teams import tricode_of


def _ten_digits(value: str) -> str:
    if not re.fullmatch(r"\d{10}", value):
        raise ValueError("an NBA game id has ten digits")
    return value


def _seconds(value: object) -> object:
    """Seconds of "PT35M18.00S": 2118; tenths of the last second are cut."""
    match = re.fullmatch(r"PT(\d+)M([0-5]\d)(?:\.\d+)?S", value) if isinstance(value, str) else None
    if not match:
        raise ValueError("minutes look like PT35M18.00S")
    return int(match[1]) * 60 + int(match[2])


def _flag(value: object) -> object:
    """A boolean as the provider writes it: "1" or "0"."""
    if value not in ("0", "1"):
        raise ValueError('a flag is "0" or "1"')
    return value == "1"


def _known_alias(value: str) -> str:
    """The tricode of any alias; a side that nobody knows keeps the provider's word and meets the gate."""
    return tricode_of(value) or value


def _instant(value: object) -> object:
    """A UTC instant of ISO text with its zone; None of an empty text."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("an instant has a zone")
    return instant.astimezone(UTC)


GameId = Annotated[str, AfterValidator(_ten_digits)]
ClockSeconds = Annotated[int, BeforeValidator(_seconds)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Count = Annotated[int, Field(ge=0)]
Tricode = Annotated[str, AfterValidator(_known_alias)]
Instant = Annotated[datetime | None, BeforeValidator(_instant)]


class Payload(BaseModel):
    """A response body. Strict: a number that arrives as a string is a contract error, not a guess."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The payload of a whole body; JSON unless a model overrides it.

        Raises:
            ValueError: naming what is not as the model has it: field, line or page.
        """
        return cls.model_validate_json(body)

    @property
    def is_empty(self) -> bool:
        """True where the body is well formed and says nothing."""
        return False


def named_rows(body: Any, name: str) -> list[dict[str, Any]]:
    """Rows of one result set of a stats.nba.com envelope, by the names in its headers.

    Raises:
        ValueError: where there is no such result set, or a row is not as long as the headers.
    """
    try:
        (found,) = (r for r in body["resultSets"] if r["name"] == name)
        return [dict(zip(found["headers"], row, strict=True)) for row in found["rowSet"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no {name} of headers and rowSet: {error}") from error
