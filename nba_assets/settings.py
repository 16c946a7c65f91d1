"""Environment variables and `.env` → one typed object. Nothing else in the platform reads the environment."""

import logging
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, Self

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from nba_assets.partitions import EASTERN, current_season, season
from nba_assets.sources.policy import KEYS, POLICIES
from nba_assets.warehouse.files import write_whole

log = logging.getLogger(__name__)

Source = Literal["sandbox", "replay", "live"]

SANDBOX_SEASON = season(2025)
WORLD_FILE = "WORLD"


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it and says what to write instead."""


class Settings(BaseModel):
    """Everything that can be configured; the names are those of the environment, in lower case.

    `dagster_home` is Dagster's own DAGSTER_HOME, where the event log lives. Dates are Eastern and inclusive, instants are UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    dagster_home: Path
    source: Source
    replay_roots: tuple[Path, ...] = ()
    as_of: datetime | None = None
    warehouse: Literal["duckdb"] = "duckdb"
    landing_url: Path
    host_state: Path | None = None
    first_date: date
    last_date: date | None = None
    sandbox_seed: int = 7
    sandbox_url: str | None = None
    sandbox_limits: Mapping[str, float] | Literal["live"] = {}
    # When a prediction is a bet; fixed before the period that they are judged on.
    pick_min_edge: float = Field(default=1.5, ge=0)
    pick_min_expected_value: float = 0.02
    pick_min_quality: float = Field(default=70.0, ge=0, le=100)
    pick_max_line_age: float = Field(default=60.0, ge=0)  # minutes
    feeds_off: frozenset[str] = frozenset()
    odds_history: bool = False
    # By the name of the environment variable; never printed, not even by accident.
    keys: Mapping[str, str] = Field(default_factory=dict, repr=False)

    @field_validator("as_of")
    @classmethod
    def _in_utc(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone, as in 2026-02-07T06:00Z")
        return value.astimezone(UTC)

    @field_validator("sandbox_limits")
    @classmethod
    def _of_known_hosts(
        cls, value: Mapping[str, float] | Literal["live"]
    ) -> Mapping[str, float] | Literal["live"]:
        paces = {} if value == "live" else value
        if unknown := paces.keys() - POLICIES.keys():
            hosts = ", ".join(POLICIES)
            raise ValueError(f"no such host: {', '.join(sorted(unknown))}; there are {hosts}")
        if slow := [host for host, pace in paces.items() if not pace > 0]:
            raise ValueError(f"{', '.join(slow)}: requests per second are more than none")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.source == "replay" and not self.replay_roots:
            raise ValueError(
                "source replay reads archives: set NBA_ASSETS_REPLAY_ROOTS to their folders"
            )
        if self.last_date and self.last_date < self.first_date:
            raise ValueError(
                f"NBA_ASSETS_LAST_DATE {self.last_date} is before NBA_ASSETS_FIRST_DATE {self.first_date}"
            )
        return self

    @property
    def hosts(self) -> Path:
        """The folder of what all processes know of each host."""
        return self.host_state or self.home / "hosts"

    @property
    def synthetic(self) -> bool:
        """True where every number is simulated and must be labelled so."""
        return self.source == "sandbox"

    @classmethod
    def load(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        folder: Path | None = None,
        today: date | None = None,
        default_source: Source = "live",
    ) -> Self:
        """Read the settings as a process starts.

        Args:
            environ: variables; by default those of the process over those of `folder/.env`.
            folder: where `.env` and relative paths are looked for; by default the working folder.
            today: the Eastern date that "current season" refers to; by default that of the clock.
            default_source: the source of a home that has not been begun by any.

        Raises:
            SettingsError: naming every setting that cannot be used.
        """
        folder = folder or Path.cwd()
        if environ is None:
            dotenv = {k: v for k, v in dotenv_values(folder / ".env").items() if v is not None}
            environ = {**dotenv, **os.environ}
        given = {k: v for k, v in environ.items() if k.startswith("NBA_ASSETS_") and v.strip()}
        elsewhere = {"dagster_home", "keys"}  # they have names of their own
        known = {f"NBA_ASSETS_{f.upper()}" for f in cls.model_fields if f not in elsewhere}
        for name in sorted(given.keys() - known):
            log.warning("%s is no setting and does nothing; .env.example has those there are", name)
        home = (folder / given.get("NBA_ASSETS_HOME", ".nba_assets")).absolute()
        dagster_home = environ.get("DAGSTER_HOME", "").strip() or home / "dagster"
        # A home that the sandbox began stays a sandbox: after `make demo`, `dagster dev` shows it.
        begun_by_sandbox = world_of(home) == "sandbox"
        source = given.get("NBA_ASSETS_SOURCE", "sandbox" if begun_by_sandbox else default_source)
        landing = given.get("NBA_ASSETS_LANDING_URL", str(home / "landing"))
        if "://" in landing:
            raise SettingsError(
                f"NBA_ASSETS_LANDING_URL={landing}: only local folders can hold the landing zone as yet"
            )
        if given.get("NBA_ASSETS_WAREHOUSE") == "bigquery":
            raise SettingsError(
                "NBA_ASSETS_WAREHOUSE=bigquery: this version brings the embedded warehouse only; use duckdb"
            )
        if source == "sandbox":
            first, last = SANDBOX_SEASON.first, SANDBOX_SEASON.last
        else:
            first, last = current_season(today or datetime.now(EASTERN).date()).first, None
        try:
            return cls.model_validate(
                {
                    "home": home,
                    "dagster_home": (folder / dagster_home).absolute(),
                    "source": source,
                    "replay_roots": tuple(
                        (folder / root).absolute()
                        for root in given.get("NBA_ASSETS_REPLAY_ROOTS", "").split(os.pathsep)
                        if root
                    ),
                    "as_of": given.get("NBA_ASSETS_AS_OF"),
                    "warehouse": given.get("NBA_ASSETS_WAREHOUSE", "duckdb"),
                    "landing_url": (folder / landing).absolute(),
                    "host_state": (folder / given["NBA_ASSETS_HOST_STATE"]).absolute()
                    if "NBA_ASSETS_HOST_STATE" in given
                    else None,
                    "first_date": given.get("NBA_ASSETS_FIRST_DATE", first),
                    "last_date": given.get("NBA_ASSETS_LAST_DATE", last),
                    "sandbox_seed": given.get("NBA_ASSETS_SANDBOX_SEED", 7),
                    "sandbox_url": given.get("NBA_ASSETS_SANDBOX_URL"),
                    "sandbox_limits": _limits(given.get("NBA_ASSETS_SANDBOX_LIMITS", "")),
                    **{
                        name: given[variable]
                        for name in cls.model_fields
                        if name.startswith("pick_")
                        if (variable := f"NBA_ASSETS_{name.upper()}") in given
                    },
                    "feeds_off": frozenset(
                        name.strip()
                        for name in given.get("NBA_ASSETS_FEEDS_OFF", "").split(",")
                        if name.strip()
                    ),
                    "odds_history": given.get("NBA_ASSETS_ODDS_HISTORY", False),
                    "keys": {
                        name: value.strip()
                        for name in KEYS
                        if (value := environ.get(name, "")) and value.strip()
                    },
                }
            )
        except ValidationError as error:
            raise SettingsError(_in_words(error)) from None


def _limits(given: str) -> Mapping[str, str] | str:
    if given.strip() == "live":
        return "live"
    return dict(part.partition("=")[::2] for part in given.split(",") if part)


def world_of(home: Path) -> str | None:
    """The world a home was begun in, "sandbox" or "real"; None for a fresh one."""
    marker = home / WORLD_FILE
    return (marker.read_text().strip() or None) if marker.exists() else None


def claim(home: Path, source: Source) -> None:
    """Hold a home to one world: simulated and real games never meet in one table.

    Raises:
        SettingsError: where the home was begun in the other world, or cannot be written to.
    """
    world = "sandbox" if source == "sandbox" else "real"
    begun = world_of(home)
    if begun is None:
        try:
            write_whole(home / WORLD_FILE, f"{world}\n".encode())
        except OSError as error:
            raise SettingsError(
                f"NBA_ASSETS_HOME={home} cannot be written to ({error.strerror}):"
                " make it writable, or set NBA_ASSETS_HOME to another folder"
            ) from None
    elif begun != world:
        raise SettingsError(
            f"NBA_ASSETS_HOME={home} holds {begun} games and NBA_ASSETS_SOURCE={source} would mix"
            " others in: set NBA_ASSETS_HOME to another folder, or delete this one"
        )


def _in_words(error: ValidationError) -> str:
    lines = []
    for item in error.errors():
        name = "_".join(("NBA_ASSETS", *(str(part) for part in item["loc"]))).upper()
        found = "" if not item["loc"] else f"={item['input']}"
        lines.append(f"{name if item['loc'] else 'settings'}{found}: {item['msg']}")
    return "\n".join(lines)
