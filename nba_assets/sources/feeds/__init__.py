"""The register of feeds: all there are, in an order in which each can be asked after those it needs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from nba_assets.sources.feed import Feed, ListedGame, Route
from nba_assets.sources.feeds import archives, balldontlie, espn, nba, nba_slate, odds
from nba_assets.sources.payload import Payload

FEEDS: tuple[Feed, ...] = (
    nba.NBA_SCHEDULE,
    espn.ESPN_SCOREBOARD,
    balldontlie.BDL_GAMES,
    nba_slate.NBA_PLAYERS,
    nba_slate.NBA_ROSTERS,
    nba_slate.NBA_STANDINGS,
    nba_slate.NBA_OFFICIALS,
    nba_slate.NBA_TRANSACTIONS,
    nba_slate.NBA_INJURY_REPORT,
    nba_slate.NBA_LINEUPS,
    espn.ESPN_ROSTERS,
    espn.ESPN_INJURIES,
    balldontlie.BDL_PLAYERS,
    balldontlie.BDL_INJURIES,
    balldontlie.BDL_STANDINGS,
    odds.ODDS_EVENTS,
    odds.ODDS_PLAYER_POINTS,
    odds.ODDS_GAME_LINES,
    odds.BETTINGPROS_EVENTS,
    odds.BETTINGPROS_OFFERS,
    nba.NBA_BOXSCORE,
    nba.NBA_PLAY_BY_PLAY,
    nba.NBA_GAME_LOG,
    nba.NBA_TEAM_GAME_LOG,
    nba.NBA_SHOT_CHART,
    espn.ESPN_SUMMARY,
    balldontlie.BDL_BOX_SCORES,
    archives.BIGDATABALL_FILES,
    archives.DETAILED_PBP,
    nba.NBA_SCOREBOARD,
    nba_slate.NBA_GAMEBOOK,
    balldontlie.BDL_STATS,
    balldontlie.BDL_LIVE,
    archives.BREF_BOX_SCORES,
    archives.BREF_ROSTERS,
)

# What `doctor` asks of a provider to see whether it answers: small, and free of charge. The hosts of
# the league's PDFs and officials have nothing that is always there.
CANARIES: Mapping[str, tuple[Feed, Route]] = {
    route.host: (feed, route)
    for feed, route in (
        (nba.NBA_SCOREBOARD, nba.NBA_SCOREBOARD.routes[0]),
        (nba.NBA_SCOREBOARD, nba.NBA_SCOREBOARD.routes[1]),
        (espn.ESPN_SCOREBOARD, espn.ESPN_SCOREBOARD.routes[0]),
        (balldontlie.BDL_GAMES, balldontlie.BDL_GAMES.routes[0]),
        (odds.ODDS_EVENTS, odds.ODDS_EVENTS.routes[0]),
        (odds.BETTINGPROS_EVENTS, odds.BETTINGPROS_EVENTS.routes[0]),
        (archives.BREF_ROSTERS, archives.BREF_ROSTERS.routes[0]),
        # Without a game the search finds nothing, which shows that the key is good.
        (archives.BIGDATABALL_FILES, archives.BIGDATABALL_FILES.routes[0]),
    )
}

# Who lists a date's games where NBA.com has no season file, in the order of trust.
SCHEDULES: tuple[tuple[Feed, Callable[[Sequence[Payload], date], list[ListedGame]]], ...] = (
    (espn.ESPN_SCOREBOARD, espn.games_in),
    (balldontlie.BDL_GAMES, balldontlie.games_in),
)
