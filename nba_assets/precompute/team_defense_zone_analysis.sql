-- One row per team of the league on a date with games: what its last 15 games allowed, and from where.
WITH dates AS (
  SELECT
    game_date,
    MIN(season_year) AS season_year,
    MIN(source) AS source,
    MIN(source_score) AS source_score,
    LOGICAL_AND(is_bootstrap) AS is_bootstrap,
    LOGICAL_AND('zones' IN UNNEST(absent_blocks)) AS lacks_zones
  FROM analytics.upcoming_games
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
),
league_teams AS (
  SELECT team FROM raw.teams
),
defenders AS (
  SELECT
    dates.game_date, league_teams.team, dates.season_year, dates.source, dates.source_score,
    dates.is_bootstrap, dates.lacks_zones
  FROM dates
  CROSS JOIN league_teams
),
starters AS (
  SELECT
    game_date, game_id, opponent, points,
    CASE
      WHEN position IN ('PG', 'SG') THEN 'G'
      WHEN position IN ('SF', 'PF') THEN 'F'
      ELSE SUBSTR(position, 1, 1)
    END AS place
  FROM analytics.player_game_summary
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
    AND is_starter AND position IS NOT NULL
),
starters_faced AS (
  SELECT
    game_date, game_id, opponent AS team,
    COUNT(IF(place = 'G', 1, NULL)) AS guards,
    SUM(IF(place = 'G', points, NULL)) AS guard_points,
    COUNT(IF(place = 'F', 1, NULL)) AS forwards,
    SUM(IF(place = 'F', points, NULL)) AS forward_points,
    COUNT(IF(place = 'C', 1, NULL)) AS centers,
    SUM(IF(place = 'C', points, NULL)) AS center_points
  FROM starters
  GROUP BY game_date, game_id, opponent
),
summaries AS (
  -- All kinds of games: the cup final is owed like any other, and left out of the means below.
  SELECT
    game_date, game_id, team, season_year, season_type, points_allowed, source_score,
    CAST(ROUND(defensive_rating * 1000000000) AS INT64) AS nano_defensive_rating,
    CAST(ROUND(pace * 1000000000) AS INT64) AS nano_pace,
    paint_fgm_allowed, paint_fga_allowed, mid_fgm_allowed, mid_fga_allowed, three_fgm_allowed,
    three_fga_allowed, paint_blocked_fga_allowed, mid_blocked_fga_allowed, three_blocked_fga_allowed
  FROM analytics.team_defense_game_summary
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
),
games AS (
  SELECT
    s.game_date, s.game_id, s.team, s.season_year, s.points_allowed, s.source_score,
    s.nano_defensive_rating, s.nano_pace, s.paint_fgm_allowed, s.paint_fga_allowed,
    s.mid_fgm_allowed, s.mid_fga_allowed, s.three_fgm_allowed, s.three_fga_allowed,
    s.paint_blocked_fga_allowed, s.mid_blocked_fga_allowed, s.three_blocked_fga_allowed,
    faced.guards, faced.guard_points, faced.forwards, faced.forward_points, faced.centers,
    faced.center_points
  FROM summaries AS s
  LEFT JOIN starters_faced AS faced
    ON faced.game_id = s.game_id
    AND faced.game_date = s.game_date
    AND faced.team = s.team
  WHERE s.season_type IN ('regular', 'play_in', 'playoffs')
),
history AS (
  SELECT
    d.game_date, d.team, g.game_id,
    DATE_DIFF(d.game_date, g.game_date, DAY) AS days_ago,
    ROW_NUMBER() OVER (
      PARTITION BY d.game_date, d.team ORDER BY g.game_date DESC, g.game_id DESC
    ) AS games_ago,
    g.points_allowed, g.source_score, g.nano_defensive_rating, g.nano_pace, g.paint_fgm_allowed,
    g.paint_fga_allowed, g.mid_fgm_allowed, g.mid_fga_allowed, g.three_fgm_allowed,
    g.three_fga_allowed, g.paint_blocked_fga_allowed, g.mid_blocked_fga_allowed,
    g.three_blocked_fga_allowed, g.guards, g.guard_points, g.forwards, g.forward_points, g.centers,
    g.center_points
  FROM defenders AS d
  INNER JOIN games AS g
    ON g.team = d.team
    AND g.season_year = d.season_year
    AND g.game_date < d.game_date
    AND g.game_date >= DATE_SUB(d.game_date, INTERVAL 300 DAY)
),
-- The two windows of each team: its last 15 games, and what it adds to the league's 30 days.
windows AS (
  SELECT game_date, team, game_id, TRUE AS is_own, points_allowed, source_score,
    nano_defensive_rating, nano_pace, paint_fgm_allowed, paint_fga_allowed, mid_fgm_allowed,
    mid_fga_allowed, three_fgm_allowed, three_fga_allowed, paint_blocked_fga_allowed,
    mid_blocked_fga_allowed, three_blocked_fga_allowed, guards, guard_points, forwards,
    forward_points, centers, center_points
  FROM history
  WHERE games_ago <= 15
  UNION ALL
  SELECT game_date, team, game_id, FALSE AS is_own, points_allowed, source_score,
    nano_defensive_rating, nano_pace, paint_fgm_allowed, paint_fga_allowed, mid_fgm_allowed,
    mid_fga_allowed, three_fgm_allowed, three_fga_allowed, paint_blocked_fga_allowed,
    mid_blocked_fga_allowed, three_blocked_fga_allowed, guards, guard_points, forwards,
    forward_points, centers, center_points
  FROM history
  WHERE days_ago <= 30
),
sums AS (
  SELECT
    game_date, team, is_own,
    COUNT(game_id) AS games,
    COUNT(paint_fga_allowed) AS zone_games,
    COUNT(paint_blocked_fga_allowed) AS block_games,
    SUM(paint_fgm_allowed) AS paint_fgm, SUM(paint_fga_allowed) AS paint_fga,
    SUM(mid_fgm_allowed) AS mid_fgm, SUM(mid_fga_allowed) AS mid_fga,
    SUM(three_fgm_allowed) AS three_fgm, SUM(three_fga_allowed) AS three_fga,
    SUM(paint_blocked_fga_allowed) AS paint_blocks,
    SUM(mid_blocked_fga_allowed) AS mid_blocks,
    SUM(three_blocked_fga_allowed) AS three_blocks,
    SUM(nano_defensive_rating) AS nano_defensive_rating,
    COUNT(nano_defensive_rating) AS ratings,
    SUM(points_allowed) AS points_allowed,
    SUM(nano_pace) AS nano_pace,
    COUNT(nano_pace) AS paces,
    SUM(guards) AS guards, SUM(guard_points) AS guard_points,
    SUM(forwards) AS forwards, SUM(forward_points) AS forward_points,
    SUM(centers) AS centers, SUM(center_points) AS center_points,
    MIN(source_score) AS source_score
  FROM windows
  GROUP BY game_date, team, is_own
),
league AS (
  -- A team of fewer than 5 games in the 30 days would bring its few opponents in, not the league.
  SELECT
    game_date,
    SAFE_DIVIDE(SUM(IF(zone_games >= 5, paint_fgm, NULL)), SUM(IF(zone_games >= 5, paint_fga, NULL)))
      AS paint_pct,
    SAFE_DIVIDE(SUM(IF(zone_games >= 5, mid_fgm, NULL)), SUM(IF(zone_games >= 5, mid_fga, NULL)))
      AS mid_pct,
    SAFE_DIVIDE(SUM(IF(zone_games >= 5, three_fgm, NULL)), SUM(IF(zone_games >= 5, three_fga, NULL)))
      AS three_pct,
    SAFE_DIVIDE(SUM(IF(games >= 5, guard_points, NULL)), SUM(IF(games >= 5, guards, NULL)))
      AS guard_points,
    SAFE_DIVIDE(SUM(IF(games >= 5, forward_points, NULL)), SUM(IF(games >= 5, forwards, NULL)))
      AS forward_points,
    SAFE_DIVIDE(SUM(IF(games >= 5, center_points, NULL)), SUM(IF(games >= 5, centers, NULL)))
      AS center_points
  FROM sums
  WHERE NOT is_own
  GROUP BY game_date
),
schedule AS (
  SELECT game_date, game_id, season_year, home_team, away_team
  FROM raw.schedule
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
    AND season_type IN ('regular', 'cup_final', 'play_in', 'playoffs')
    AND status NOT IN ('postponed', 'cancelled')
),
scheduled AS (
  SELECT game_date, game_id, season_year, home_team AS team FROM schedule
  UNION ALL
  SELECT game_date, game_id, season_year, away_team AS team FROM schedule
),
published_dates AS (
  SELECT DISTINCT game_date FROM summaries
),
-- Before the platform's first date nothing can be published, and nothing is owed.
first_published AS (
  SELECT dates.game_date, MIN(published_dates.game_date) AS first_date
  FROM dates
  INNER JOIN published_dates
    ON published_dates.game_date < dates.game_date
    AND published_dates.game_date >= DATE_SUB(dates.game_date, INTERVAL 300 DAY)
  GROUP BY dates.game_date
),
expected AS (
  SELECT
    d.game_date, d.team, s.game_id, s.game_date AS played_on,
    ROW_NUMBER() OVER (
      PARTITION BY d.game_date, d.team ORDER BY s.game_date DESC, s.game_id DESC
    ) AS games_ago
  FROM defenders AS d
  INNER JOIN scheduled AS s
    ON s.team = d.team
    AND s.season_year = d.season_year
    AND s.game_date < d.game_date
    AND s.game_date >= DATE_SUB(d.game_date, INTERVAL 300 DAY)
),
completeness AS (
  SELECT
    e.game_date, e.team,
    COUNT(e.game_id) AS expected_games,
    COUNT(s.game_id) AS published_games
  FROM expected AS e
  INNER JOIN first_published AS f
    ON f.game_date = e.game_date
    AND f.first_date <= e.played_on
  LEFT JOIN summaries AS s
    ON s.game_id = e.game_id
    AND s.game_date = e.played_on
    AND s.team = e.team
  WHERE e.games_ago <= 15
  GROUP BY e.game_date, e.team
),
rates AS (
  SELECT
    d.game_date, d.team, d.season_year,
    COALESCE(own.games, 0) AS games_in_sample,
    COALESCE(own.zone_games, 0) AS games_with_zones,
    IF(own.zone_games >= 5, SAFE_DIVIDE(own.paint_fgm, own.paint_fga), NULL) AS paint_pct,
    IF(own.zone_games >= 5, SAFE_DIVIDE(own.paint_fga, own.zone_games), NULL) AS paint_attempts,
    IF(own.zone_games >= 5, SAFE_DIVIDE(2 * own.paint_fgm, own.zone_games), NULL) AS paint_points,
    IF(own.zone_games >= 5, SAFE_DIVIDE(own.mid_fgm, own.mid_fga), NULL) AS mid_pct,
    IF(own.zone_games >= 5, SAFE_DIVIDE(own.mid_fga, own.zone_games), NULL) AS mid_attempts,
    IF(own.zone_games >= 5, SAFE_DIVIDE(2 * own.mid_fgm, own.zone_games), NULL) AS mid_points,
    IF(own.zone_games >= 5, SAFE_DIVIDE(own.three_fgm, own.three_fga), NULL) AS three_pct,
    IF(own.zone_games >= 5, SAFE_DIVIDE(own.three_fga, own.zone_games), NULL) AS three_attempts,
    IF(own.zone_games >= 5, SAFE_DIVIDE(3 * own.three_fgm, own.zone_games), NULL) AS three_points,
    -- Blocks are told of every game of the zones or not at all: no shorter window under their name.
    own.zone_games >= 5 AND own.block_games = own.zone_games AS blocks_are_told,
    own.zone_games, own.paint_blocks, own.mid_blocks, own.three_blocks,
    league.paint_pct AS league_paint_pct,
    league.mid_pct AS league_mid_pct,
    league.three_pct AS league_three_pct,
    IF(
      own.ratings >= 5, SAFE_DIVIDE(own.nano_defensive_rating, 1000000000 * own.ratings), NULL
    ) AS defensive_rating,
    IF(own.games >= 5, SAFE_DIVIDE(own.points_allowed, own.games), NULL) AS opponent_points,
    IF(own.paces >= 5, SAFE_DIVIDE(own.nano_pace, 1000000000 * own.paces), NULL) AS pace,
    IF(own.guards >= 5, SAFE_DIVIDE(own.guard_points, own.guards) - league.guard_points, NULL)
      AS guard_points,
    IF(own.forwards >= 5, SAFE_DIVIDE(own.forward_points, own.forwards) - league.forward_points, NULL)
      AS forward_points,
    IF(own.centers >= 5, SAFE_DIVIDE(own.center_points, own.centers) - league.center_points, NULL)
      AS center_points,
    d.source,
    -- Where shots are told at all, a team without enough of them lacks what the row is for.
    LEAST(d.source_score, COALESCE(own.source_score, d.source_score))
    - IF(own.games >= 5 AND own.zone_games < 5 AND NOT d.lacks_zones, 15, 0) AS source_score,
    SAFE_DIVIDE(100 * completeness.published_games, completeness.expected_games)
      AS completeness_pct,
    d.is_bootstrap
  FROM defenders AS d
  LEFT JOIN sums AS own
    ON own.game_date = d.game_date
    AND own.team = d.team
    AND own.is_own
  LEFT JOIN league ON league.game_date = d.game_date
  LEFT JOIN completeness
    ON completeness.game_date = d.game_date
    AND completeness.team = d.team
),
compared AS (
  SELECT
    game_date, team, season_year, games_in_sample, games_with_zones, paint_pct, paint_attempts,
    paint_points, mid_pct, mid_attempts, mid_points, three_pct, three_attempts, three_points,
    IF(blocks_are_told, SAFE_DIVIDE(paint_blocks, zone_games), NULL) AS paint_blocks,
    IF(blocks_are_told, SAFE_DIVIDE(mid_blocks, zone_games), NULL) AS mid_blocks,
    IF(blocks_are_told, SAFE_DIVIDE(three_blocks, zone_games), NULL) AS three_blocks,
    100 * (paint_pct - league_paint_pct) AS paint_vs_league,
    100 * (mid_pct - league_mid_pct) AS mid_vs_league,
    100 * (three_pct - league_three_pct) AS three_vs_league,
    defensive_rating, opponent_points, pace, guard_points, forward_points, center_points, source,
    source_score, completeness_pct, is_bootstrap
  FROM rates
)
SELECT
  game_date, team, season_year, games_in_sample, games_with_zones,
  paint_pct AS paint_fg_pct_allowed,
  paint_attempts AS paint_attempts_allowed_per_game,
  paint_points AS paint_points_allowed_per_game,
  paint_blocks AS paint_blocks_per_game,
  paint_vs_league,
  mid_pct AS mid_fg_pct_allowed,
  mid_attempts AS mid_attempts_allowed_per_game,
  mid_points AS mid_points_allowed_per_game,
  mid_blocks AS mid_blocks_per_game,
  mid_vs_league,
  three_pct AS three_fg_pct_allowed,
  three_attempts AS three_attempts_allowed_per_game,
  three_points AS three_points_allowed_per_game,
  three_blocks AS three_blocks_per_game,
  three_vs_league,
  CASE
    WHEN paint_vs_league IS NULL OR mid_vs_league IS NULL OR three_vs_league IS NULL THEN NULL
    WHEN paint_vs_league >= mid_vs_league AND paint_vs_league >= three_vs_league THEN 'paint'
    WHEN mid_vs_league >= three_vs_league THEN 'mid'
    ELSE 'three'
  END AS weakest_zone,
  CASE
    WHEN paint_vs_league IS NULL OR mid_vs_league IS NULL OR three_vs_league IS NULL THEN NULL
    WHEN paint_vs_league <= mid_vs_league AND paint_vs_league <= three_vs_league THEN 'paint'
    WHEN mid_vs_league <= three_vs_league THEN 'mid'
    ELSE 'three'
  END AS strongest_zone,
  defensive_rating AS defensive_rating_last_15,
  opponent_points AS opponent_points_last_15,
  pace AS pace_last_15,
  guard_points AS guard_points_vs_league,
  forward_points AS forward_points_vs_league,
  center_points AS center_points_vs_league,
  CASE
    WHEN games_in_sample >= 15 THEN 'excellent'
    WHEN 100 * games_in_sample >= 70 * 15 THEN 'good'
    WHEN 100 * games_in_sample >= 50 * 15 THEN 'limited'
    ELSE 'insufficient'
  END AS sample_label,
  COALESCE(completeness_pct >= 70, TRUE) AS is_production_ready,
  source,
  GREATEST(source_score, 0) AS source_score,
  GREATEST(source_score, 0) AS quality_score,
  CASE
    WHEN source_score >= 95 THEN 'gold'
    WHEN source_score >= 75 THEN 'silver'
    WHEN source_score >= 50 THEN 'bronze'
    WHEN source_score >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  completeness_pct,
  COALESCE(completeness_pct < 90, FALSE) AS is_degraded,
  IF(
    COALESCE(completeness_pct < 90, FALSE),
    ['fewer than 90 % of the last 15 expected games are published'],
    []
  ) AS degraded_reasons,
  is_bootstrap
FROM compared
