"""The three places a shot is taken from, as columns: one grammar for players, teams and those who defend."""

from nba_assets.warehouse.table import Column

# Threes by their value; of two-pointers the painted area (up to 8 ft where no area is told), and the rest.
ZONES = ("paint", "mid", "three")

NO_SHOTS = (
    "the game has no shots, their places are not told, or they do not add up to the box score"
)
_NO_PLAYS = f"{NO_SHOTS}, or no play-by-play tells"


def zone_counts(whose: str = "") -> tuple[Column, ...]:
    """Attempts and makes by zone, and what a play-by-play tells of them.

    Args:
        whose: put behind each name, as "_allowed".
    """
    attempts = tuple(
        Column(f"{zone}_{what}{whose}", "INT64", f"{meaning} from {place}", NO_SHOTS)
        for zone, place in zip(ZONES, ("the paint", "mid-range", "three"), strict=True)
        for what, meaning in (("fgm", "field goals made"), ("fga", "field goals attempted"))
    )
    plays = tuple(
        Column(f"{zone}_{what}{whose}", "INT64", f"{meaning} from {place}", _NO_PLAYS)
        for zone, place in zip(ZONES, ("the paint", "mid-range", "three"), strict=True)
        for what, meaning in (
            ("assisted_fgm", "makes after an assist"),
            ("unassisted_fgm", "makes without an assist"),
            ("blocked_fga", "attempts that were blocked"),
        )
    )
    and_ones = Column(
        f"and_ones{whose}", "INT64", "makes followed by their one free throw", _NO_PLAYS
    )
    return (*attempts, *plays, and_ones)
