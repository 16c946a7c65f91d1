"""Payload models of NBA.com's live bodies: scoreboard and play-by-play of the CDN."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, model_validator

from nba_assets.sources.payload import Count, GameId, Instant, Payload, Tricode
from nba_assets.sources.shots import Shot, clock_seconds, with_and_ones

Clock = Annotated[float, BeforeValidator(clock_seconds)]
FIELD_GOALS = {"2pt": 2, "3pt": 3}
# A flagrant foul on a shot that went in gives one free throw as well. Those for technical fouls,
# for a take in transition and away from the play follow no shot of their shooter.
ON_THE_SHOT = (None, "flagrant")


def _number(text: object) -> object:
    """A score as the play-by-play writes it: "101"."""
    if not isinstance(text, str) or not text.isdecimal():
        raise ValueError('a score is written "101"')
    return int(text)


Score = Annotated[int, BeforeValidator(_number)]


class ScoreboardTeam(Payload):
    """A side; its score is 0 or absent before the tip."""

    teamId: int
    teamTricode: Tricode
    score: Count | None = None


class ScoreboardGame(Payload):
    """A game on the board. `gameEt` is an Eastern clock, with a false `Z` or with its true offset."""

    gameId: GameId
    gameStatus: Literal[1, 2, 3]
    gameStatusText: str
    gameTimeUTC: Instant
    gameEt: str
    period: int
    gameClock: str
    regulationPeriods: int = 4
    homeTeam: ScoreboardTeam
    awayTeam: ScoreboardTeam

    @property
    def game_date(self) -> date:
        return date.fromisoformat(self.gameEt[:10])

    @property
    def status(self) -> str:
        """scheduled, live, final, postponed or cancelled; a postponed game stands at status 1."""
        text = self.gameStatusText.strip().lower()
        if text in ("ppd", "postponed"):
            return "postponed"
        if text.startswith("cancel"):
            return "cancelled"
        return {1: "scheduled", 2: "live", 3: "final"}[self.gameStatus]

    @property
    def overtime_periods(self) -> int | None:
        """None until the game is final."""
        return max(self.period - self.regulationPeriods, 0) if self.status == "final" else None


class ScoreboardDay(Payload):
    """The board's own date and its games; on a day without games there is a date and no game."""

    gameDate: str
    games: list[ScoreboardGame]


class Scoreboard(Payload):
    """`todaysScoreboard_00.json` of the CDN and `scoreboardv3` of stats.nba.com.

    The CDN's board turns to the new day towards noon ET, so its date is read and never assumed.
    `meta.time` is a 12-hour clock without am or pm and is not read.
    """

    scoreboard: ScoreboardDay

    @property
    def game_date(self) -> date:
        return date.fromisoformat(self.scoreboard.gameDate)

    @property
    def games(self) -> list[ScoreboardGame]:
        return self.scoreboard.games

    @property
    def is_empty(self) -> bool:
        return not self.scoreboard.games


class Action(Payload):
    """One line of the play-by-play; `personId` is 0 where it is nobody's.

    Coordinates are read in their old form, tenths of a foot from the basket, which the other
    bodies of NBA.com share; `x` and `y` are shares of the court.
    """

    actionNumber: int
    clock: Clock
    period: int
    actionType: str
    subType: str
    descriptor: str | None = None
    personId: int
    teamTricode: Tricode | None = None
    isFieldGoal: Literal[0, 1]
    shotResult: Literal["Made", "Missed"] | None = None
    shotDistance: float | None = None
    area: str | None = None
    xLegacy: int | None = None
    yLegacy: int | None = None
    assistPersonId: int | None = None
    blockPersonId: int | None = None
    scoreHome: Score
    scoreAway: Score

    @property
    def is_shot(self) -> bool:
        """A field-goal attempt or a free throw; a heave is nobody's attempt and is neither."""
        return self.isFieldGoal == 1 or self.actionType == "freethrow"

    @model_validator(mode="after")
    def _whole_shot(self) -> Self:
        if not self.is_shot:
            return self
        what = f"action {self.actionNumber} ({self.actionType})"
        if self.isFieldGoal == 1 and self.actionType not in FIELD_GOALS:
            raise ValueError(f"{what}: a field goal is one of {', '.join(FIELD_GOALS)}")
        if not (self.shotResult and self.personId and self.teamTricode):
            raise ValueError(f"{what}: a shot has a result, a shooter and a team")
        return self


class PlayByPlayGame(Payload):
    """The actions of a game in their order."""

    gameId: GameId
    actions: list[Action]


class PlayByPlay(Payload):
    """`liveData/playbyplay/playbyplay_<gameId>.json` of the CDN."""

    game: PlayByPlayGame

    @property
    def is_empty(self) -> bool:
        return not self.game.actions

    @property
    def is_final(self) -> bool:
        """Whether the game has ended; before that its shots are not all there."""
        return any(a.actionType == "game" and a.subType == "end" for a in self.game.actions)

    @property
    def scores(self) -> list[tuple[int, int]]:
        """Home and away points after each action."""
        return [(action.scoreHome, action.scoreAway) for action in self.game.actions]

    @property
    def shots(self) -> list[Shot]:
        """Field-goal attempts and free throws, in the order of the game."""
        actions = [action for action in self.game.actions if action.is_shot]
        alone = {
            a.actionNumber
            for a in actions
            if a.actionType == "freethrow" and a.subType == "1 of 1" and a.descriptor in ON_THE_SHOT
        }
        return with_and_ones((self._shot(action) for action in actions), alone)

    def _shot(self, action: Action) -> Shot:
        return Shot(
            game_id=self.game.gameId,
            event=action.actionNumber,
            period=action.period,
            clock_s=action.clock,
            person_id=action.personId,
            team=action.teamTricode or "",
            value=FIELD_GOALS.get(action.actionType, 1),
            made=action.shotResult == "Made",
            distance_ft=action.shotDistance,
            area=action.area if action.isFieldGoal else None,
            x=action.xLegacy,
            y=action.yLegacy,
            assist_person_id=action.assistPersonId,
            block_person_id=action.blockPersonId,
        )
