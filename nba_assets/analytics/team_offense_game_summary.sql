-- One row per team of a finished game: what it made of its possessions.
WITH from_players AS (
  -- For a team without a published row of its own: integers, so any order adds up the same.
  SELECT
    game_date, game_id, nba_game_id, season_year, season_type, team, opponent, is_home,
    overtime_periods,
    SUM(points) AS points, SUM(fgm) AS fgm, SUM(fga) AS fga, SUM(fg3m) AS fg3m, SUM(fg3a) AS fg3a,
    SUM(ftm) AS ftm, SUM(fta) AS fta, SUM(oreb) AS oreb, SUM(dreb) AS dreb, SUM(ast) AS ast,
    SUM(stl) AS stl, SUM(blk) AS blk, SUM(tov) AS player_tov, SUM(pf) AS pf,
    -- A source that lists only who played knows no inactives, one without flags no starters.
    IF(
      COUNT(IF(played, NULL, 1)) > 0, COUNT(IF(player_status = 'inactive', 1, NULL)), NULL
    ) AS inactive_players,
    IF(COUNT(is_starter) > 0, COUNT(IF(is_starter, 1, NULL)), NULL) AS starters,
    MIN(source) AS source,
    MIN(LEAST(source_score, 85)) AS source_score,
    MIN(completeness_pct) AS completeness_pct,
    LOGICAL_OR(is_bootstrap) AS is_bootstrap
  FROM raw.player_box_scores
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY
    game_date, game_id, nba_game_id, season_year, season_type, team, opponent, is_home,
    overtime_periods
),
from_teams AS (
  SELECT
    game_date, game_id, nba_game_id, season_year, season_type, team, opponent, is_home,
    overtime_periods, points, fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, ast, stl, blk, player_tov,
    team_tov, pf, source, source_score, completeness_pct, is_degraded,
    degraded_reasons, is_bootstrap
  FROM raw.team_box_scores
  WHERE game_date BETWEEN @start_date AND @end_date
),
totals AS (
  SELECT
    COALESCE(t.game_date, p.game_date) AS game_date,
    COALESCE(t.game_id, p.game_id) AS game_id,
    COALESCE(t.nba_game_id, p.nba_game_id) AS nba_game_id,
    COALESCE(t.season_year, p.season_year) AS season_year,
    COALESCE(t.season_type, p.season_type) AS season_type,
    COALESCE(t.team, p.team) AS team,
    COALESCE(t.opponent, p.opponent) AS opponent,
    COALESCE(t.is_home, p.is_home) AS is_home,
    COALESCE(t.overtime_periods, p.overtime_periods) AS overtime_periods,
    p.inactive_players, p.starters,
    COALESCE(t.points, p.points) AS points,
    COALESCE(t.fgm, p.fgm) AS fgm,
    COALESCE(t.fga, p.fga) AS fga,
    COALESCE(t.fg3m, p.fg3m) AS fg3m,
    COALESCE(t.fg3a, p.fg3a) AS fg3a,
    COALESCE(t.ftm, p.ftm) AS ftm,
    COALESCE(t.fta, p.fta) AS fta,
    COALESCE(t.oreb, p.oreb) AS oreb,
    COALESCE(t.dreb, p.dreb) AS dreb,
    COALESCE(t.ast, p.ast) AS ast,
    COALESCE(t.stl, p.stl) AS stl,
    COALESCE(t.blk, p.blk) AS blk,
    COALESCE(t.player_tov, p.player_tov) AS player_tov,
    COALESCE(t.pf, p.pf) AS pf,
    t.team_tov,
    COALESCE(t.source, p.source) AS source,
    COALESCE(t.source_score, p.source_score) AS source_score,
    COALESCE(t.completeness_pct, p.completeness_pct) AS completeness_pct,
    COALESCE(t.is_degraded, TRUE) AS is_degraded,
    COALESCE(
      t.degraded_reasons, ['sum of the players instead of the team: no team row is published']
    ) AS degraded_reasons,
    COALESCE(t.is_bootstrap, p.is_bootstrap) AS is_bootstrap
  FROM from_players AS p
  FULL OUTER JOIN from_teams AS t
    ON t.game_id = p.game_id
    AND t.team = p.team
    AND t.game_date = p.game_date
),
estimated AS (
  SELECT
    own.game_date, own.game_id, own.nba_game_id, own.season_year, own.season_type, own.team,
    own.opponent, own.is_home, own.overtime_periods, own.inactive_players, own.starters,
    own.points, other.points AS opponent_points,
    own.fgm, own.fga, own.fg3m, own.fg3a, own.ftm, own.fta, own.oreb, own.dreb, own.ast, own.stl,
    own.blk, own.player_tov, own.team_tov, own.pf,
    -- Players' turnovers only, so that every provider gives the same possessions.
    own.fga + CAST(0.44 AS FLOAT64) * own.fta + own.player_tov - own.oreb AS possessions,
    other.fga + CAST(0.44 AS FLOAT64) * other.fta + other.player_tov - other.oreb AS opponent_possessions,
    48 + 5 * own.overtime_periods AS game_minutes,
    own.source, LEAST(own.source_score, other.source_score) AS source_score, own.completeness_pct,
    own.is_degraded OR other.is_degraded AS is_degraded,
    IF(own.is_degraded, own.degraded_reasons, other.degraded_reasons) AS degraded_reasons,
    own.is_bootstrap
  FROM totals AS own
  INNER JOIN totals AS other
    ON other.game_id = own.game_id
    AND other.game_date = own.game_date
    AND other.team = own.opponent
)
SELECT
  game_date, game_id, nba_game_id, season_year, season_type, team, opponent, is_home,
  points > opponent_points AS is_win,
  points - opponent_points AS margin,
  overtime_periods, points, opponent_points,
  fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, ast, stl, blk, player_tov, team_tov, pf,
  possessions,
  SAFE_DIVIDE(48 * (possessions + opponent_possessions), 2 * game_minutes) AS pace,
  SAFE_DIVIDE(100 * points, possessions) AS offensive_rating,
  SAFE_DIVIDE(fgm + CAST(0.5 AS FLOAT64) * fg3m, fga) AS efg_pct,
  SAFE_DIVIDE(points, 2 * (fga + CAST(0.44 AS FLOAT64) * fta)) AS ts_pct,
  inactive_players, starters,
  source, source_score, source_score AS quality_score,
  CASE
    WHEN source_score >= 95 THEN 'gold'
    WHEN source_score >= 75 THEN 'silver'
    WHEN source_score >= 50 THEN 'bronze'
    WHEN source_score >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  completeness_pct, is_degraded, degraded_reasons, is_bootstrap
FROM estimated
