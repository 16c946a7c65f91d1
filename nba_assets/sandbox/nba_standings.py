"""The league's standings at an instant, in the columns of stats.nba.com's `leaguestandingsv3`."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from nba_assets.partitions import eastern_date
from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.league import Box, League
from nba_assets.sandbox.provider_ids import CODES
from nba_assets.sandbox.simulation import TeamResult
from nba_assets.sources.teams import BY_TRICODE

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DIVISIONS = ("Atlantic", "Central", "Southeast", "Northwest", "Pacific", "Southwest")
_NULL = (
    "ClinchedConferenceTitle", "ClinchedDivisionTitle", "ClinchedPlayoffBirth",
    "EliminatedConference", "EliminatedDivision", "PlayoffSeeding",
)  # fmt: skip
HEADERS = (
    "LeagueID", "SeasonID", "TeamID", "TeamCity", "TeamName", "TeamSlug", "Conference",
    "ConferenceRecord", "PlayoffRank", "ClinchIndicator", "Division", "DivisionRecord",
    "DivisionRank", "WINS", "LOSSES", "WinPCT", "LeagueRank", "Record", "HOME", "ROAD", "L10",
    "Last10Home", "Last10Road", "OT", "ThreePTSOrLess", "TenPTSOrMore", "LongHomeStreak",
    "strLongHomeStreak", "LongRoadStreak", "strLongRoadStreak", "LongWinStreak", "LongLossStreak",
    "CurrentHomeStreak", "strCurrentHomeStreak", "CurrentRoadStreak", "strCurrentRoadStreak",
    "CurrentStreak", "strCurrentStreak", "ConferenceGamesBack", "DivisionGamesBack",
    "ClinchedConferenceTitle", "ClinchedDivisionTitle", "ClinchedPlayoffBirth", "ClinchedPlayIn",
    "EliminatedConference", "EliminatedDivision", "AheadAtHalf", "BehindAtHalf", "TiedAtHalf",
    "AheadAtThird", "BehindAtThird", "TiedAtThird", "Score100PTS", "OppScore100PTS", "OppOver500",
    "LeadInFGPCT", "LeadInReb", "FewerTurnovers", "PointsPG", "OppPointsPG", "DiffPointsPG",
    "vsEast", "vsAtlantic", "vsCentral", "vsSoutheast", "vsWest", "vsNorthwest", "vsPacific",
    "vsSouthwest", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
    "Dec", "Score_80_Plus", "Opp_Score_80_Plus", "Score_Below_80", "Opp_Score_Below_80",
    "TotalPoints", "OppTotalPoints", "DiffTotalPoints", "LeagueGamesBack", "PlayoffSeeding",
    "ClinchedPostSeason", "NEUTRAL",
)  # fmt: skip


@dataclass(frozen=True)
class _Night:
    """One team's side of a finished game."""

    box: Box
    ours: TeamResult
    theirs: TeamResult
    opponent: str
    is_home: bool

    @property
    def margin(self) -> int:
        return self.ours.score - self.theirs.score

    def margin_after(self, periods: int) -> int:
        return sum(self.ours.periods[:periods]) - sum(self.theirs.periods[:periods])

    def lead_in(self, count: Callable[[TeamResult], float]) -> float:
        return count(self.ours) - count(self.theirs)


def standings_changed_at(league: League, as_of: datetime) -> datetime | None:
    """The last final horn up to an instant, or the schedule's publication; None before that."""
    if as_of < league.first_publication:
        return None
    day = eastern_date(as_of)
    while day >= league.season.first:
        over = [final for game in league.games_on(day) if (final := _over(league, game, as_of))]
        if over:
            return max(over)
        day -= timedelta(days=1)
    return league.first_publication


def _over(league: League, game: Fixture, as_of: datetime) -> datetime | None:
    if game.tip_at > as_of:
        return None
    final = league.box(game.game_id).final_at
    return final if final <= as_of else None


def standings_rows(league: League, instant: datetime) -> list[list[Any]]:
    """One row per team, the best of each conference first, in the order of `HEADERS`."""
    nights: dict[str, list[_Night]] = {tricode: [] for tricode in BY_TRICODE}
    for fixture in sorted(league.fixtures, key=lambda game: (game.tip_at, game.game_id)):
        if _over(league, fixture, instant) is None:
            continue
        box = league.box(fixture.game_id)
        home, away = box.result.home, box.result.away
        nights[fixture.home].append(_Night(box, home, away, fixture.away, True))
        nights[fixture.away].append(_Night(box, away, home, fixture.home, False))
    shares = {tricode: _share(games) for tricode, games in nights.items()}
    order = sorted(nights, key=lambda tricode: (-shares[tricode], tricode))
    ranks = {
        "league": _ranks(order, lambda _: ""),
        "conference": _ranks(order, lambda tricode: BY_TRICODE[tricode].conference),
        "division": _ranks(order, lambda tricode: CODES[tricode].division),
    }
    rows = []
    for tricode in sorted(order, key=lambda t: (ranks["conference"][t], -shares[t], t)):
        facts = _row(league, tricode, nights, shares, order, ranks)
        rows.append([facts[name] for name in HEADERS])
    return rows


def _share(games: list[_Night]) -> float:
    return sum(game.margin > 0 for game in games) / len(games) if games else 0.0


def _ranks(order: list[str], group: Callable[[str], str]) -> dict[str, int]:
    seen: dict[str, int] = defaultdict(int)
    ranks = {}
    for tricode in order:
        seen[group(tricode)] += 1
        ranks[tricode] = seen[group(tricode)]
    return ranks


def _record(games: Iterable[_Night]) -> str:
    margins = [game.margin for game in games]
    wins = sum(margin > 0 for margin in margins)
    return f"{wins}-{len(margins) - wins}"


def _row(
    league: League,
    tricode: str,
    nights: dict[str, list[_Night]],
    shares: dict[str, float],
    order: list[str],
    ranks: dict[str, dict[str, int]],
) -> dict[str, Any]:
    team, division, games = BY_TRICODE[tricode], CODES[tricode].division, nights[tricode]
    home = [game for game in games if game.is_home]
    road = [game for game in games if not game.is_home]
    wins = sum(game.margin > 0 for game in games)
    losses = len(games) - wins

    def back(of: Callable[[str], bool]) -> float:
        best = next(other for other in order if of(other))
        his = sum(game.margin > 0 for game in nights[best])
        return ((his - wins) + (losses - (len(nights[best]) - his))) / 2

    conference = _against(games, lambda t: BY_TRICODE[t].conference == team.conference)
    return {
        **dict.fromkeys(_NULL),
        **dict.fromkeys(_MONTHS, "0-0"),
        **_months(games),
        **_situations(games, shares),
        **_streaks("", games),
        **_streaks("Home", home),
        **_streaks("Road", road),
        **_points(games),
        "LeagueID": "00",
        "SeasonID": f"2{league.season_year}",
        "TeamID": team.nba_id,
        "TeamCity": team.city,
        "TeamName": team.name,
        "TeamSlug": team.slug,
        "Conference": team.conference,
        "ConferenceRecord": f"{_record(conference)} ",  # with the real one's trailing blank
        "PlayoffRank": ranks["conference"][tricode],
        "ClinchIndicator": "",
        "Division": division,
        "DivisionRecord": _record(_against(games, lambda t: CODES[t].division == division)),
        "DivisionRank": ranks["division"][tricode],
        "WINS": wins,
        "LOSSES": losses,
        "WinPCT": round(shares[tricode], 3),
        "LeagueRank": ranks["league"][tricode],
        "Record": _record(games),
        "HOME": _record(home),
        "ROAD": _record(road),
        "L10": _record(games[-10:]),
        "Last10Home": _record(home[-10:]),
        "Last10Road": _record(road[-10:]),
        "ConferenceGamesBack": back(lambda t: BY_TRICODE[t].conference == team.conference),
        "DivisionGamesBack": back(lambda t: CODES[t].division == division),
        "LeagueGamesBack": back(lambda _: True),
        "ClinchedPlayIn": 0,
        "ClinchedPostSeason": 0,
        "NEUTRAL": "0-0",
        **_opponents(games),
    }


def _opponents(games: list[_Night]) -> dict[str, str]:
    """Records against conferences and divisions."""
    met: dict[str, list[_Night]] = defaultdict(list)
    for game in games:
        met[BY_TRICODE[game.opponent].conference].append(game)
        met[CODES[game.opponent].division].append(game)
    return {f"vs{name}": _record(met[name]) for name in ("East", "West", *_DIVISIONS)}


def _against(games: list[_Night], is_one: Callable[[str], bool]) -> list[_Night]:
    return [game for game in games if is_one(game.opponent)]


def _months(games: list[_Night]) -> dict[str, str]:
    by_month: dict[str, list[_Night]] = defaultdict(list)
    for game in games:
        by_month[_MONTHS[game.box.fixture.day.month - 1]].append(game)
    return {month: _record(played) for month, played in by_month.items()}


def _situations(games: list[_Night], shares: dict[str, float]) -> dict[str, str]:
    """Records in games of a kind."""
    kinds: dict[str, Callable[[_Night], bool]] = {
        "OT": lambda g: g.box.result.periods > 4,
        "ThreePTSOrLess": lambda g: abs(g.margin) <= 3,
        "TenPTSOrMore": lambda g: abs(g.margin) >= 10,
        "AheadAtHalf": lambda g: g.margin_after(2) > 0,
        "BehindAtHalf": lambda g: g.margin_after(2) < 0,
        "TiedAtHalf": lambda g: g.margin_after(2) == 0,
        "AheadAtThird": lambda g: g.margin_after(3) > 0,
        "BehindAtThird": lambda g: g.margin_after(3) < 0,
        "TiedAtThird": lambda g: g.margin_after(3) == 0,
        "Score100PTS": lambda g: g.ours.score >= 100,
        "OppScore100PTS": lambda g: g.theirs.score >= 100,
        "OppOver500": lambda g: shares[g.opponent] >= 0.5,
        "LeadInFGPCT": lambda g: g.lead_in(_accuracy) > 0,
        "LeadInReb": lambda g: g.lead_in(_rebounds) > 0,
        "FewerTurnovers": lambda g: g.lead_in(_turnovers) < 0,
        "Score_80_Plus": lambda g: g.ours.score >= 80,
        "Opp_Score_80_Plus": lambda g: g.theirs.score >= 80,
        "Score_Below_80": lambda g: g.ours.score < 80,
        "Opp_Score_Below_80": lambda g: g.theirs.score < 80,
    }
    return {name: _record(filter(is_one, games)) for name, is_one in kinds.items()}


def _sum(result: TeamResult, *names: str) -> int:
    return sum(line.counts[name] for line in result.lines for name in names)


def _accuracy(result: TeamResult) -> float:
    made = _sum(result, "twoPointersMade", "threePointersMade")
    return made / _sum(result, "twoPointersAttempted", "threePointersAttempted")


def _rebounds(result: TeamResult) -> float:
    return _sum(result, "reboundsOffensive", "reboundsDefensive")


def _turnovers(result: TeamResult) -> float:
    return _sum(result, "turnovers")


def _streaks(where: str, games: list[_Night]) -> dict[str, Any]:
    """The longest and the current run of wins; a current run of losses is negative."""
    longest, current = {True: 0, False: 0}, 0
    for game in games:
        has_won = game.margin > 0
        current = (max(current, 0) + 1) if has_won else (min(current, 0) - 1)
        longest[has_won] = max(longest[has_won], abs(current))
    found: dict[str, Any] = {
        f"Current{where}Streak": current,
        f"strCurrent{where}Streak": f"{'W' if current >= 0 else 'L'} {abs(current)}",
    }
    if where:
        return found | {
            f"Long{where}Streak": longest[True],
            f"strLong{where}Streak": f"W {longest[True]}",
        }
    return found | {"LongWinStreak": longest[True], "LongLossStreak": longest[False]}


def _points(games: list[_Night]) -> dict[str, Any]:
    ours, theirs = sum(g.ours.score for g in games), sum(g.theirs.score for g in games)
    count = max(len(games), 1)
    return {
        "TotalPoints": ours,
        "OppTotalPoints": theirs,
        "DiffTotalPoints": ours - theirs,
        "PointsPG": round(ours / count, 1),
        "OppPointsPG": round(theirs / count, 1),
        "DiffPointsPG": round((ours - theirs) / count, 1),
    }
