"""Parts of the benchmark from raw to feature store: against Polars, against the event log, of seasons, of one date.

What is counted as computing is told in `phases`; of the Polars script it is reading the raw files,
making all tables in memory and writing one file per table, without the interpreter's start.
"""

import json
import statistics
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from nba_assets.settings import SANDBOX_SEASON
from nba_assets_tests.bench.homes import RAW, copied, raw_home, with_raw_of, with_seasons
from nba_assets_tests.bench.phases import DERIVED
from nba_assets_tests.bench.processes import (
    FIRST,
    LAST,
    SANDBOX,
    SEASONS,
    Phases,
    Run,
    backfill,
    empty_backfill,
    phases_of,
    process,
)
from nba_assets_tests.bench.report import Report
from nba_assets_tests.polars_yardstick.comparison import differences

REGULAR_SEASON_ENDS = date(2026, 4, 12)  # of the sandbox; its later dates have no games
SANDBOX_SEASONS = 5


class Homes:
    """Homes of raw seasons, made when first asked for.

    Args:
        folder: where they are made.
        season: a home that already holds the raw tables of 2023-24, instead of landing them anew.
        sandbox: a home that already holds those of the sandbox's season.
        features: a home that already holds three recorded seasons up to the feature store.
        rounds: how often what is compared is run, in turn; medians are told.
    """

    def __init__(
        self,
        folder: Path,
        season: Path | None,
        sandbox: Path | None,
        features: Path | None,
        rounds: int,
    ) -> None:
        self.folder = folder
        self.rounds = rounds
        self._season = season
        self._sandbox = sandbox
        self._features = features

    def season(self, report: Report) -> Path:
        """2023-24 by the recorded archive."""
        if self._season is None:
            self._season, seconds = raw_home(self.folder / "raw", FIRST, LAST)
            report.note("landing and raw tables of 2023-24", f"{seconds:.0f} s")
        return self._season

    def sandbox(self, report: Report) -> Path:
        """The season of the sandbox league."""
        if self._sandbox is None:
            span = (SANDBOX_SEASON.first, REGULAR_SEASON_ENDS)
            self._sandbox, seconds = raw_home(self.folder / "raw_sandbox", *span, SANDBOX)
            report.note("landing and raw tables of the sandbox's season", f"{seconds:.0f} s")
        return self._sandbox

    def features(self, report: Report) -> Path:
        """Three recorded seasons, up to the feature store."""
        if self._features is None:
            window = (SEASONS["2021-22"][0], LAST)
            self._features = self.folder / "features"
            upstream = f"{RAW} or {DERIVED}"
            runs = [backfill(self._features, *span, window, upstream) for span in SEASONS.values()]
            seconds = sum(run.seconds for run in runs)
            report.note("landing to feature store of three seasons", f"{seconds:.0f} s")
        return self._features


def features_part(folder: Path, homes: Homes, report: Report) -> None:
    """Raw to feature store of a season: the platform, its event log and Polars in turn; then one date."""
    raw = with_raw_of(homes.season(report), folder / "raw", FIRST, LAST)
    walls: list[Run] = []
    empties: list[Run] = []
    platform: list[Phases] = []
    polars: list[Mapping[str, float]] = []
    for n in range(homes.rounds):
        home = copied(raw, folder / f"real{n}")
        polars.append(_by_polars(home, folder))
        wall, phases = phases_of(home, FIRST, LAST, DERIVED)
        walls.append(wall)
        platform.append(phases)
        empties.append(empty_backfill(copied(raw, folder / f"empty{n}"), DERIVED))
    odd = differences(folder / "polars" / "per_table", folder / "real0" / "warehouse")
    report.add(
        "columns that the Polars script makes otherwise", "; ".join(odd) or "0", "0", met=not odd
    )
    _against_polars(platform, polars, report)
    real = statistics.median(run.seconds for run in walls)
    floor = statistics.median(run.seconds for run in empties)
    report.add(
        "raw to feature store T against the empty graph T0 of the same assets",
        f"T {real:.1f} s / T0 {floor:.1f} s = {real / floor:.2f}",
        "≤ 1.5",
        met=real <= 1.5 * floor,
    )
    memory = max(run.megabytes for run in walls)
    report.add(
        "peak memory of raw to feature store", f"{memory:.0f} MB", "< 1500 MB", met=memory < 1500
    )
    dates = [phases_of(folder / "real0", LAST, LAST, DERIVED)[1] for _ in range(homes.rounds)]
    seconds = statistics.median(sum(d["computing"].values()) for d in dates)
    report.add(
        f"computing of one date, {LAST}, over a season's history",
        f"{seconds:.2f} s in {len(dates[0]['computing'])} tables",
        "< 3 s",
        met=seconds < 3,
    )
    gates = statistics.median(sum(d["audit"].values()) for d in dates)
    report.note("audit of that date, beside it", f"{gates:.2f} s")


def _against_polars(
    platform: list[Phases], polars: list[Mapping[str, float]], report: Report
) -> None:
    def median(phase: str) -> float:
        return statistics.median(sum(phases[phase].values()) for phases in platform)

    def by_hand(phase: str) -> float:
        return statistics.median(times[phase] for times in polars)

    for table in platform[0]["computing"]:
        seconds = (
            statistics.median(phases[phase].get(table, 0) for phases in platform)
            for phase in ("computing", "audit", "publish")
        )
        report.note(f"{table}: computing, audit, publish", ", ".join(f"{s:.2f} s" for s in seconds))
    computing, hand = median("computing"), by_hand("made") + by_hand("per_table")
    report.add(
        "computing the season against a hand-written Polars script",
        f"{computing:.1f} s / {hand:.1f} s = {computing / hand:.2f}",
        "≤ 3",
        met=computing <= 3 * hand,
    )
    whole = computing + median("audit") + median("publish")
    hand = by_hand("made") + by_hand("per_date")
    report.note(
        "with audit and publishing, against Polars with a file per date",
        f"{computing:.1f} + {median('audit'):.1f} + {median('publish'):.1f} s / {hand:.1f} s = {whole / hand:.2f}",
    )


def seasons_part(folder: Path, homes: Homes, report: Report) -> None:
    """Raw to feature store of five sandbox seasons in one home, oldest first, against one alone.

    The sandbox plays one season. The others are the same games in earlier years with the same players,
    so that the last season has four whole ones behind it, which is the most that a window reaches into.
    """
    span = (SANDBOX_SEASON.first, REGULAR_SEASON_ENDS)
    raw = homes.sandbox(report)
    alone = with_raw_of(raw, folder / "one", *span, SANDBOX)
    (folder / "five").mkdir(parents=True)
    spans = with_seasons(raw, folder / "five", *span, SANDBOX_SEASONS, SANDBOX)
    window = (spans[0][0], spans[-1][1])
    one = backfill(alone, *span, span, DERIVED, SANDBOX)
    many = [backfill(folder / "five", *each, window, DERIVED, SANDBOX) for each in spans]
    ratio = sum(run.seconds for run in many) / one.seconds
    report.add(
        "five sandbox seasons against one, raw to feature store",
        f"{' + '.join(f'{run.seconds:.1f}' for run in many)} s / {one.seconds:.1f} s = {ratio:.2f}",
        "≤ 5.5",
        met=ratio <= 5.5,
    )
    memory = max(run.megabytes for run in (one, *many))
    report.add(
        "peak memory of a sandbox season", f"{memory:.0f} MB", "< 1500 MB", met=memory < 1500
    )


def three_part(folder: Path, homes: Homes, report: Report) -> None:
    """Raw to feature store of three seasons in one home against the last of them alone.

    Needs a given home of all three; otherwise the part `three` alone tells.
    """
    raw = homes.season(report)
    if not (raw / f"warehouse/raw/schedule/game_date={SEASONS['2021-22'][0]}").is_dir():
        return
    window = (SEASONS["2021-22"][0], LAST)
    alone = with_raw_of(raw, folder / "one", FIRST, LAST)
    one = backfill(alone, FIRST, LAST, select=DERIVED)
    home = with_raw_of(raw, folder / "three", *window)
    three = [backfill(home, *span, window, DERIVED) for span in SEASONS.values()]
    ratio = sum(run.seconds for run in three) / one.seconds
    report.add(
        "three seasons against one, raw to feature store",
        f"{' + '.join(f'{r.seconds:.1f}' for r in three)} s / {one.seconds:.1f} s = {ratio:.2f}",
        "≤ 3.2",
        met=ratio <= 3.2,
    )


def _by_polars(home: Path, folder: Path) -> Mapping[str, float]:
    out = folder / "polars"
    arguments = [str(home / "warehouse" / "raw"), str(out), str(FIRST), str(LAST)]
    process(home, ["-m", "nba_assets_tests.polars_yardstick", *arguments])
    times: Mapping[str, float] = json.loads((out / "seconds.json").read_text())
    return times
