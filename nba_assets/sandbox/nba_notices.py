"""The feeds of what NBA.com tells before a game: line-ups, officials, player movement."""

import re

from nba_assets.sandbox import nba_announcements as told
from nba_assets.sandbox.feed import Feed
from nba_assets.sandbox.pages import about_no_date

FEEDS: tuple[Feed, ...] = (
    Feed(
        "nba_lineups",
        "nba",
        "stats.nba.com",
        re.compile(r"/js/data/leaders/00_daily_lineups_(?P<day>\d{8})\.json"),
        told.lineups_observed_at,
        told.lineups,
        told.lineups_subject,
        told.earlier_lineups,
    ),
    Feed(
        "nba_transactions",
        "nba",
        "stats.nba.com",
        re.compile(r"/js/data/playermovement/NBA_Player_Movement\.json"),
        told.movement_observed_at,
        told.movement,
        about_no_date,
        told.earlier_movement,
    ),
    Feed(
        "nba_officials",
        "nba",
        "official.nba.com",
        re.compile(r"/wp-json/api/v1/get-game-officials"),
        told.officials_observed_at,
        told.officials,
        told.officials_subject,
        told.earlier_officials,
    ),
)
