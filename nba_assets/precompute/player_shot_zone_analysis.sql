-- One row per player of the date's slate: where he shot from in his last 10 games of the season.
WITH dates AS (
  SELECT
    game_date,
    MIN(source) AS source,
    MIN(source_score) AS source_score,
    LOGICAL_AND(is_bootstrap) AS is_bootstrap,
    LOGICAL_AND('zones' IN UNNEST(absent_blocks)) AS lacks_zones
  FROM analytics.upcoming_games
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
),
slate AS (
  SELECT game_date, player_id, season_year, is_degraded
  FROM analytics.player_availability
  WHERE game_date BETWEEN @start_date AND @end_date
),
tonight AS (
  SELECT
    slate.game_date, slate.player_id,
    MIN(slate.season_year) AS season_year,
    LOGICAL_OR(slate.is_degraded) AS is_degraded,
    MIN(dates.source) AS source,
    MIN(dates.source_score) AS source_score,
    LOGICAL_AND(dates.is_bootstrap) AS is_bootstrap,
    LOGICAL_AND(dates.lacks_zones) AS lacks_zones
  FROM slate
  INNER JOIN dates ON dates.game_date = slate.game_date
  GROUP BY slate.game_date, slate.player_id
),
boxes AS (
  SELECT
    game_date, game_id, player_id, team, season_year, season_type, played, source_score, paint_fgm,
    paint_fga, mid_fgm, mid_fga, three_fgm, three_fga,
    paint_assisted_fgm + mid_assisted_fgm + three_assisted_fgm AS assisted_fgm
  FROM analytics.player_game_summary
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
),
-- Numbers in the order of his season, apart for games whose shots are told: the difference of two is
-- how many of them lie between.
numbered AS (
  SELECT
    game_date, game_id, player_id, season_year, source_score, paint_fgm, paint_fga, mid_fgm,
    mid_fga, three_fgm, three_fga, assisted_fgm,
    paint_fga IS NOT NULL AS is_told,
    ROW_NUMBER() OVER (
      PARTITION BY player_id, season_year, paint_fga IS NOT NULL ORDER BY game_date, game_id
    ) AS game_number
  FROM boxes
  WHERE played AND season_type IN ('regular', 'play_in', 'playoffs')
),
known AS (
  SELECT
    t.game_date, t.player_id, t.season_year,
    COUNT(n.game_id) AS games_played,
    MAX(IF(n.is_told, n.game_number, NULL)) AS last_told
  FROM tonight AS t
  INNER JOIN numbered AS n
    ON n.player_id = t.player_id
    AND n.season_year = t.season_year
    AND n.game_date < t.game_date
    AND n.game_date >= DATE_SUB(t.game_date, INTERVAL 300 DAY)
  GROUP BY t.game_date, t.player_id, t.season_year
),
games AS (
  SELECT
    k.game_date, k.player_id, k.games_played, n.game_date AS played_on, n.source_score,
    n.paint_fgm, n.paint_fga, n.mid_fgm, n.mid_fga, n.three_fgm, n.three_fga, n.assisted_fgm,
    1 + k.last_told - n.game_number AS games_ago
  FROM known AS k
  LEFT JOIN numbered AS n
    ON n.player_id = k.player_id
    AND n.season_year = k.season_year
    AND n.is_told
    AND n.game_number > k.last_told - 20
    AND n.game_date < k.game_date
    AND n.game_date >= DATE_SUB(k.game_date, INTERVAL 300 DAY)
),
sums AS (
  SELECT
    game_date, player_id,
    MIN(games_played) AS games_played,
    COUNT(IF(games_ago <= 10, 1, NULL)) AS games_in_sample,
    COUNT(games_ago) AS games_in_last_20,
    COUNT(IF(games_ago <= 10, assisted_fgm, NULL)) AS games_with_assists,
    MIN(IF(games_ago <= 10, played_on, NULL)) AS oldest_game_date,
    SUM(IF(games_ago <= 10, paint_fgm, NULL)) AS paint_fgm,
    SUM(IF(games_ago <= 10, paint_fga, NULL)) AS paint_fga,
    SUM(IF(games_ago <= 10, mid_fgm, NULL)) AS mid_fgm,
    SUM(IF(games_ago <= 10, mid_fga, NULL)) AS mid_fga,
    SUM(IF(games_ago <= 10, three_fgm, NULL)) AS three_fgm,
    SUM(IF(games_ago <= 10, three_fga, NULL)) AS three_fga,
    SUM(IF(games_ago <= 10, assisted_fgm, NULL)) AS assisted_fgm,
    SUM(paint_fga) AS paint_fga_20,
    SUM(mid_fga) AS mid_fga_20,
    SUM(three_fga) AS three_fga_20,
    MIN(IF(games_ago <= 10, source_score, NULL)) AS source_score
  FROM games
  GROUP BY game_date, player_id
),
-- Whose he was when: from his first box of a team to the next one's. Later boxes only end a stint,
-- and no stint is read beyond the date before.
teams_by_box AS (
  SELECT
    game_date, game_id, player_id, season_year, team,
    LAG(team) OVER (PARTITION BY player_id, season_year ORDER BY game_date, game_id) AS team_before
  FROM boxes
),
arrivals AS (
  SELECT game_date, game_id, player_id, season_year, team
  FROM teams_by_box
  WHERE team_before IS NULL OR team_before <> team
),
stints AS (
  SELECT
    player_id, season_year, team, game_date AS first_date,
    LAG(game_date) OVER (
      PARTITION BY player_id, season_year ORDER BY game_date DESC, game_id DESC
    ) AS next_date
  FROM arrivals
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
published AS (
  SELECT DISTINCT game_date, game_id, team FROM boxes
),
owed AS (
  SELECT
    s.game_date, s.season_year, s.team,
    published.game_id IS NOT NULL AS is_published
  FROM scheduled AS s
  LEFT JOIN published
    ON published.game_id = s.game_id
    AND published.game_date = s.game_date
    AND published.team = s.team
),
completeness AS (
  SELECT
    t.game_date, t.player_id,
    COUNT(owed.team) AS expected_games,
    COUNT(IF(owed.is_published, 1, NULL)) AS published_games
  FROM tonight AS t
  INNER JOIN sums
    ON sums.game_date = t.game_date
    AND sums.player_id = t.player_id
  INNER JOIN stints
    ON stints.player_id = t.player_id
    AND stints.season_year = t.season_year
    AND stints.first_date < t.game_date
  INNER JOIN owed
    ON owed.team = stints.team
    AND owed.season_year = t.season_year
    AND owed.game_date >= stints.first_date
    AND (stints.next_date IS NULL OR owed.game_date < stints.next_date)
    AND owed.game_date >= sums.oldest_game_date
    AND owed.game_date < t.game_date
  GROUP BY t.game_date, t.player_id
),
shares AS (
  SELECT
    t.game_date, t.player_id, t.season_year,
    COALESCE(s.games_in_sample, 0) AS games_in_sample,
    s.games_in_last_20,
    s.games_in_sample >= 10 AS is_whole,
    s.games_with_assists,
    s.paint_fgm, s.paint_fga, s.mid_fgm, s.mid_fga, s.three_fgm, s.three_fga, s.assisted_fgm,
    IF(
      s.games_in_sample >= 10,
      SAFE_DIVIDE(100 * s.paint_fga, s.paint_fga + s.mid_fga + s.three_fga),
      NULL
    ) AS paint_share,
    IF(
      s.games_in_sample >= 10,
      SAFE_DIVIDE(100 * s.mid_fga, s.paint_fga + s.mid_fga + s.three_fga),
      NULL
    ) AS mid_share,
    IF(
      s.games_in_sample >= 10,
      SAFE_DIVIDE(100 * s.three_fga, s.paint_fga + s.mid_fga + s.three_fga),
      NULL
    ) AS three_share,
    IF(
      s.games_in_last_20 >= 15,
      SAFE_DIVIDE(100 * s.paint_fga_20, s.paint_fga_20 + s.mid_fga_20 + s.three_fga_20),
      NULL
    ) AS paint_share_20,
    IF(
      s.games_in_last_20 >= 15,
      SAFE_DIVIDE(100 * s.mid_fga_20, s.paint_fga_20 + s.mid_fga_20 + s.three_fga_20),
      NULL
    ) AS mid_share_20,
    IF(
      s.games_in_last_20 >= 15,
      SAFE_DIVIDE(100 * s.three_fga_20, s.paint_fga_20 + s.mid_fga_20 + s.three_fga_20),
      NULL
    ) AS three_share_20,
    t.source,
    -- Where shots are told at all, a man with the games and without the shots lacks his zones.
    LEAST(t.source_score, COALESCE(s.source_score, t.source_score))
    - IF(s.games_played >= 10 AND s.games_in_sample < 10 AND NOT t.lacks_zones, 15, 0)
      AS source_score,
    SAFE_DIVIDE(100 * c.published_games, c.expected_games) AS completeness_pct,
    t.is_degraded, t.is_bootstrap
  FROM tonight AS t
  LEFT JOIN sums AS s
    ON s.game_date = t.game_date
    AND s.player_id = t.player_id
  LEFT JOIN completeness AS c
    ON c.game_date = t.game_date
    AND c.player_id = t.player_id
)
SELECT
  game_date, player_id, season_year, games_in_sample,
  paint_share,
  IF(is_whole, SAFE_DIVIDE(paint_fgm, paint_fga), NULL) AS paint_fg_pct,
  IF(is_whole, paint_fga / 10, NULL) AS paint_attempts_per_game,
  paint_share - paint_share_20 AS paint_share_trend,
  mid_share,
  IF(is_whole, SAFE_DIVIDE(mid_fgm, mid_fga), NULL) AS mid_fg_pct,
  IF(is_whole, mid_fga / 10, NULL) AS mid_attempts_per_game,
  mid_share - mid_share_20 AS mid_share_trend,
  three_share,
  IF(is_whole, SAFE_DIVIDE(three_fgm, three_fga), NULL) AS three_fg_pct,
  IF(is_whole, three_fga / 10, NULL) AS three_attempts_per_game,
  three_share - three_share_20 AS three_share_trend,
  -- Of every game of the window or of none: no shorter window under the same name.
  IF(
    is_whole AND games_with_assists = 10,
    SAFE_DIVIDE(100 * assisted_fgm, paint_fgm + mid_fgm + three_fgm),
    NULL
  ) AS assisted_share,
  CASE
    WHEN paint_share IS NULL THEN NULL
    WHEN paint_share >= 40 AND paint_share >= mid_share AND paint_share >= three_share THEN 'paint'
    WHEN three_share >= 40 AND three_share >= mid_share THEN 'three'
    WHEN mid_share >= 35 THEN 'mid'
    ELSE 'balanced'
  END AS primary_zone,
  CASE
    WHEN games_in_sample >= 10 THEN 'high'
    WHEN games_in_sample >= 7 THEN 'medium'
    ELSE 'low'
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
  is_degraded OR COALESCE(completeness_pct < 90, FALSE) AS is_degraded,
  ARRAY_CONCAT(
    IF(is_degraded, ['his row of the slate is degraded'], []),
    IF(
      COALESCE(completeness_pct < 90, FALSE),
      ['fewer than 90 % of the expected games of his window are published'],
      []
    )
  ) AS degraded_reasons,
  is_bootstrap
FROM shares
