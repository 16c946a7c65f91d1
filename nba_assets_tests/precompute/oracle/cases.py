"""Players and teams of 2023-24 whose night before the game is hard to tell right."""

from datetime import date
from typing import NamedTuple


class Man(NamedTuple):
    """A player of a team's slate on a date, and what is nasty about him there."""

    day: date
    team: str
    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.day} {self.team} {self.name}"


class Side(NamedTuple):
    """A team with a game on a date, and what is nasty about it there."""

    day: date
    team: str
    why: str

    def __str__(self) -> str:
        return f"{self.day} {self.team}"


FIRST_WEEKS = (date(2023, 10, 24), date(2023, 11, 9))

FIRST_WEEKS_MEN = (
    Man(date(2023, 10, 24), "DEN", "Nikola Jokić", "opening night: nothing before it"),
    Man(date(2023, 10, 25), "SAS", "Victor Wembanyama", "first game of his life"),
    Man(date(2023, 10, 29), "SAS", "Victor Wembanyama", "after overtime"),
    Man(date(2023, 11, 6), "SAS", "Victor Wembanyama", "the night after overtime, on the road"),
    Man(date(2023, 11, 8), "SAS", "Keldon Johnson", "many games in a short time"),
    Man(date(2023, 11, 3), "GSW", "Trayce Jackson-Davis", "played nought seconds two days before"),
    Man(date(2023, 11, 6), "GSW", "Trayce Jackson-Davis", "back to back, nought seconds in his window"),
    Man(date(2023, 11, 1), "LAC", "James Harden", "traded the night before, has not played yet"),
    Man(date(2023, 11, 8), "LAC", "James Harden", "one game for his new team, none for the old one"),
    Man(date(2023, 11, 8), "MEM", "GG Jackson", "two-way player: 38 seconds in seven games"),
    Man(date(2023, 11, 8), "CLE", "Craig Porter Jr.", "two-way player, listed and not listed in turns"),
    Man(date(2023, 11, 4), "BOS", "Jayson Tatum", "four games: no mean of five yet"),
    Man(date(2023, 11, 6), "BOS", "Jayson Tatum", "five games exactly"),
    Man(date(2023, 11, 9), "ORL", "Paolo Banchero", "neutral ground in Mexico City"),
    Man(date(2023, 11, 4), "BKN", "Ben Simmons", "back to back after travel; out himself"),
    Man(date(2023, 11, 8), "NYK", "Evan Fournier", "has not played at all: a streak of DNP"),
    Man(date(2023, 11, 8), "SAC", "Domantas Sabonis", "an overtime ten days before"),
)  # fmt: skip

FIRST_WEEKS_SIDES = (
    Side(date(2023, 10, 24), "LAL", "opening night"),
    Side(date(2023, 10, 25), "DAL", "first game of the season, not on opening night"),
    Side(date(2023, 11, 6), "SAS", "back to back after overtime and travel"),
    Side(date(2023, 11, 9), "ORL", "neutral ground: at home in Mexico City"),
    Side(date(2023, 11, 8), "LAC", "on the road; the league's zones have just begun to be told"),
    Side(date(2023, 11, 8), "LAL", "two overtimes in its first seven games"),
)  # fmt: skip

SEASON = (date(2023, 10, 24), date(2024, 4, 14))

SEASON_MEN = (
    Man(date(2024, 1, 1), "NYK", "OG Anunoby", "traded on 30 December: first game for his new team"),
    Man(date(2024, 1, 5), "NYK", "OG Anunoby", "his last ten games are of two teams"),
    Man(date(2024, 1, 19), "IND", "Pascal Siakam", "traded on 17 January: listed once, has not played"),
    Man(date(2023, 11, 6), "LAC", "James Harden", "first game of his season, traded before it began"),
    Man(date(2024, 2, 13), "DET", "Evan Fournier", "traded after a streak of DNP, first game for the new team"),
    Man(date(2024, 2, 6), "NYK", "Evan Fournier", "a streak of nine games listed and not played"),
    Man(date(2024, 2, 22), "OKC", "Gordon Hayward", "out since 26 December and traded meanwhile"),
    Man(date(2024, 2, 25), "OKC", "Gordon Hayward", "just back after two months"),
    Man(date(2024, 3, 18), "CLE", "Marcus Morris Sr.", "fourth team that lists him; six weeks without a game"),
    Man(date(2024, 3, 10), "NYK", "Shake Milton", "third team of the season, hardly plays"),
    Man(date(2024, 2, 27), "MIL", "Danilo Gallinari", "third team of the season, ten games of two of them"),
    Man(date(2024, 2, 22), "PHI", "Kyle Lowry", "listed by a team in between that he never played for"),
    Man(date(2024, 2, 15), "MEM", "Jordan Goodwin", "first ten-day contract: second game for his new team"),
    Man(date(2024, 4, 6), "DET", "Jaylen Nowell", "ten-day contracts with two teams, four months apart"),
    Man(date(2024, 4, 6), "MEM", "Maozinha Pereira", "ten-day contract; six games of a life"),
    Man(date(2024, 2, 8), "MEM", "Trey Jemison III", "two-way player after a ten-day contract elsewhere"),
    Man(date(2024, 1, 15), "MEM", "GG Jackson", "two-way player who suddenly plays"),
    Man(date(2024, 1, 29), "BKN", "Ben Simmons", "out since 6 November"),
    Man(date(2024, 4, 2), "PHI", "Joel Embiid", "out since 30 January, a star"),
    Man(date(2024, 4, 6), "PHI", "Joel Embiid", "two games after two months out"),
    Man(date(2023, 12, 19), "MEM", "Ja Morant", "suspended for 25 games: first game of his season"),
    Man(date(2024, 1, 9), "MEM", "Ja Morant", "nine games, no tenth any more"),
    Man(date(2023, 12, 1), "DAL", "Seth Curry", "twice nought seconds in his last five games"),
    Man(date(2024, 1, 29), "LAL", "LeBron James", "after two overtimes against Golden State"),
    Man(date(2023, 12, 12), "LAL", "Anthony Davis", "the cup final lies three days back"),
    Man(date(2023, 12, 11), "IND", "Tyrese Haliburton", "the cup final lies two days back"),
    Man(date(2024, 1, 24), "GSW", "Stephen Curry", "two games postponed: nine days without one"),
    Man(date(2024, 1, 25), "GSW", "Stephen Curry", "back to back after nine days without a game"),
    Man(date(2024, 1, 11), "CLE", "Donovan Mitchell", "neutral ground in Paris"),
    Man(date(2024, 3, 14), "DAL", "Kyrie Irving", "back to back after travel, with a line"),
    Man(date(2024, 3, 19), "DAL", "Luka Dončić", "lines, an absence in between"),
    Man(date(2024, 3, 28), "MIL", "Giannis Antetokounmpo", "after two overtimes, with a line and a streak"),
    Man(date(2024, 4, 14), "SAS", "Victor Wembanyama", "last date of the season, out"),
    Man(date(2024, 4, 14), "BOS", "Payton Pritchard", "last date of the season, seldom a starter before"),
)  # fmt: skip

SEASON_SIDES = (
    Side(date(2024, 1, 24), "GSW", "two games postponed: rest is capped"),
    Side(date(2024, 1, 25), "GSW", "at home again the day after"),
    Side(date(2023, 12, 12), "LAL", "from the cup final in Las Vegas to Dallas"),
    Side(date(2023, 12, 11), "IND", "from the cup final in Las Vegas to Detroit"),
    Side(date(2024, 1, 11), "BKN", "Paris"),
    Side(date(2024, 1, 15), "BKN", "home from Paris"),
    Side(date(2024, 2, 6), "OKC", "after two overtimes"),
    Side(date(2024, 2, 22), "PHI", "the week of the All-Star game before it"),
    Side(date(2024, 3, 14), "DAL", "back to back after travel, with a spread"),
    Side(date(2024, 3, 28), "MIL", "after two overtimes, with a spread"),
    Side(date(2024, 2, 13), "DET", "a whole team changed by trades"),
    Side(date(2024, 4, 14), "SAS", "last date of the season"),
)  # fmt: skip
