import csv
import io
import json
from datetime import date

import pytest
from pydantic import ValidationError

from nba_assets.sources.bigdataball import COLUMNS, DetailedPlayByPlay, FileSearch

GAME = {"game_id": "22500001", "data_set": "NBA 2025 Regular Season", "date": "2025-10-21"}
PLAY = GAME | {
    "period": "1",
    "away_score": "0",
    "home_score": "0",
    "remaining_time": "0:11:44",
    "play_id": "3",
}
SHOT = PLAY | {
    "team": "OKC",
    "event_type": "shot",
    "player": "Luguentz Dort",
    "assist": "Chet Holmgren",
    "points": "3",
    "result": "made",
    "type": "3pt jump shot",
    "shot_distance": "26",
    "original_x": "-125",
    "original_y": "222",
}
BLOCKED = SHOT | {
    "play_id": "4",
    "assist": "",
    "block": "Alperen Sengun",
    "points": "0",
    "result": "missed",
    "type": "driving layup",
}
FREE = PLAY | {
    "play_id": "5",
    "team": "OKC",
    "event_type": "free throw",
    "player": "Luguentz Dort",
    "points": "1",
    "result": "made",
    "type": "free throw 1/1",
}


def written(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def test_a_made_shot_keeps_its_names() -> None:
    (shot,) = DetailedPlayByPlay.parse(written(SHOT)).shots
    assert (shot.game_id, shot.event, shot.period, shot.clock_s) == ("0022500001", 3, 1, 704.0)
    assert (shot.player, shot.team, shot.assist, shot.block) == (
        "Luguentz Dort",
        "OKC",
        "Chet Holmgren",
        None,
    )
    assert (shot.value, shot.made, shot.fouled) == (3, True, False)
    assert (shot.distance_ft, shot.x, shot.y) == (26, -125, 222)


def test_a_missed_shot_has_the_name_of_who_blocked_it() -> None:
    (shot,) = DetailedPlayByPlay.parse(written(BLOCKED)).shots
    assert (shot.value, shot.made, shot.block, shot.assist) == (2, False, "Alperen Sengun", None)


def test_an_and_one_is_the_shot_at_the_clock_of_its_only_free_throw() -> None:
    other = SHOT | {"play_id": "6", "remaining_time": "0:11:40"}
    shots = DetailedPlayByPlay.parse(written(SHOT, FREE, other)).shots
    assert [shot.fouled for shot in shots] == [True, False, False]
    assert [shot.value for shot in shots] == [3, 1, 3]
    assert (shots[1].x, shots[1].distance_ft) == (None, None)


def test_a_shot_takes_the_neutral_form_once_its_names_have_ids() -> None:
    ids = {"Luguentz Dort": 1629652, "Chet Holmgren": 1631096, "Alperen Sengun": 1630578}
    shots = DetailedPlayByPlay.parse(written(SHOT, BLOCKED)).shots
    made, missed = (shot.with_ids(ids) for shot in shots)
    assert (made.person_id, made.assist_person_id, made.block_person_id) == (1629652, 1631096, None)
    assert (missed.person_id, missed.assist_person_id) == (1629652, None)
    assert (missed.block_person_id, missed.points, made.points) == (1630578, 0, 3)
    assert (made.game_id, made.area, made.x, made.fouled) == ("0022500001", None, -125, False)
    with pytest.raises(KeyError, match="Luguentz Dort"):
        shots[0].with_ids({})


def test_other_plays_are_no_shots() -> None:
    rebound = PLAY | {"team": "HOU", "event_type": "rebound", "type": "rebound defensive"}
    book = DetailedPlayByPlay.parse(written(rebound, PLAY))
    assert (len(book.plays), book.shots, book.is_empty) == (2, [], False)
    assert (book.plays[0].game_date, book.plays[0].line) == (date(2025, 10, 21), 2)


def test_a_file_of_a_header_alone_is_empty() -> None:
    assert DetailedPlayByPlay.parse(written()).is_empty


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "line 1: no column .*away_score"),
        (written(SHOT, columns=COLUMNS[:-12]), "line 1: no column .*description"),
        (written(SHOT) + b"1,2,3\r\n", "line 3: 3 cells, the header has 44"),
        (written(SHOT, SHOT | {"game_id": "22500002"}), "line 3: game 0022500002 of 2025-10-21 in"),
        (written(SHOT, SHOT | {"date": "2025-10-22"}), "line 3: game 0022500001 of 2025-10-22 in"),
        (written(SHOT | {"game_id": "x"}), "line 2: game_id: Value error, an NBA game id has ten"),
        (written(SHOT | {"remaining_time": "11:44"}), "line 2: remaining_time '11:44' is not"),
        (written(SHOT | {"shot_distance": "far"}), "line 2: .*'far'"),
        (written(SHOT | {"period": ""}), "line 2: invalid literal"),
        (written(SHOT) + b'"0', "line 3: unexpected end of data"),
        (b"\xff", "can't decode byte 0xff"),
    ],
)
def test_a_line_that_is_not_as_expected_is_named(body: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DetailedPlayByPlay.parse(body)


@pytest.mark.parametrize(
    ("shot", "message"),
    [
        (SHOT | {"points": "2"}, "line 2: '3pt jump shot' made, worth 3, has 2 points"),
        (BLOCKED | {"points": "2"}, "line 2: 'driving layup' missed, worth 2, has 2 points"),
        (SHOT | {"points": ""}, "worth 3, has None points"),
        (SHOT | {"result": "good"}, "line 2: a shot of 'Luguentz Dort' of 'OKC', result 'good'"),
        (SHOT | {"player": ""}, "line 2: a shot of '' of 'OKC'"),
        (SHOT | {"team": ""}, "line 2: a shot of 'Luguentz Dort' of ''"),
    ],
)
def test_a_shot_that_contradicts_itself_is_named(shot: dict[str, str], message: str) -> None:
    book = DetailedPlayByPlay.parse(written(shot))
    with pytest.raises(ValueError, match=message):
        _ = book.shots


def search(*names: str) -> FileSearch:
    files = [{"id": f"file{n}", "name": name} for n, name in enumerate(names)]
    return FileSearch.parse(json.dumps({"kind": "drive#fileList", "files": files}).encode())


def test_the_file_of_a_game_names_it_in_brackets() -> None:
    found = search("[0022500001]-HOU@OKC.csv", "[0022500002]-GSW@LAL.csv", "0022500003.csv")
    file = found.file_of("0022500002")
    assert file
    assert file.id == "file1"
    assert found.file_of("0022500003") is None
    assert search().is_empty
    assert not found.is_empty


def test_two_files_of_one_game_are_an_error() -> None:
    with pytest.raises(ValueError, match="0022500001: 2 files"):
        search("[0022500001].csv", "[0022500001] (1).csv").file_of("0022500001")


@pytest.mark.parametrize("body", [b"{}", b'{"files": [{"id": 7, "name": "x"}]}', b"<html>"])
def test_a_search_of_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(ValidationError):
        FileSearch.parse(body)
