-- One row per player of a team of the slate, and cut-off: his form, rest, line and who is out.
WITH games AS (
  SELECT
    game_date, game_id, cutoff, nba_game_id, is_neutral, absent_blocks, source, source_score,
    is_degraded, degraded_reasons, is_bootstrap
  FROM analytics.upcoming_games
  WHERE game_date BETWEEN @start_date AND @end_date
),
men AS (
  SELECT
    game_date, game_id, player_id, cutoff, cutoff_at, season_year, season_type, team, opponent,
    is_home, player_name, player_lookup, roster_source, roster_age_days, status, status_source,
    status_reason, status_observed_at, available, injury_risk, lineup_status,
    is_expected_starter, position, birth_date, source_score, completeness_pct, is_degraded,
    degraded_reasons
  FROM analytics.player_availability
  WHERE game_date BETWEEN @start_date AND @end_date
),
sides AS (
  SELECT
    game_date, game_id, team, cutoff, rest_advantage, travel_miles, time_zones, season_phase,
    pace_last_10, defensive_rating_last_10, free_throw_rate_allowed_last_15, game_spread,
    game_total, implied_points, starters_out, source_score, completeness_pct, is_degraded,
    degraded_reasons
  FROM analytics.upcoming_team_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
),
consensus AS (
  SELECT
    game_date, game_id, player_id, cutoff, points_line, line_books, line_lowest, line_highest,
    over_decimal, over_book, under_decimal, under_book, line_observed_at, opening_line, line_move
  FROM analytics.player_line_consensus
  WHERE game_date BETWEEN @start_date AND @end_date
),
-- His history does not depend on the cut-off: one row a player and date.
tonight AS (
  SELECT DISTINCT game_date, player_id, season_year FROM men
),
-- 400 days: from opening night they reach all of the season before.
boxes AS (
  SELECT
    game_date, game_id, player_id, season_year, team, played, points, seconds_played,
    source_score, over_under_result,
    played AND season_type IN ('regular', 'play_in', 'playoffs') AS is_counted,
    CAST(ROUND(usage_rate * 1000000000) AS INT64) AS nano_usage
  FROM analytics.player_game_summary
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 400 DAY) AND game_date < @end_date
),
-- Numbers in the order of his season: two of them tell how many games lie between.
steps AS (
  SELECT
    game_date, game_id, player_id, season_year, is_counted, points, seconds_played,
    source_score, over_under_result, nano_usage,
    DATE_DIFF(
      game_date,
      LAG(game_date) OVER (PARTITION BY player_id, season_year ORDER BY game_date, game_id),
      DAY
    ) AS days_after_last,
    ROW_NUMBER() OVER (
      PARTITION BY player_id, season_year, is_counted ORDER BY game_date, game_id
    ) AS game_number,
    ROW_NUMBER() OVER (
      PARTITION BY
        player_id, season_year, COALESCE(over_under_result IN ('OVER', 'UNDER'), FALSE)
      ORDER BY game_date, game_id
    ) AS result_number
  FROM boxes
  WHERE played
),
known AS (
  SELECT
    t.game_date, t.player_id, t.season_year,
    MAX(IF(h.is_counted, h.game_number, NULL)) AS last_game_number
  FROM tonight AS t
  INNER JOIN steps AS h
    ON h.player_id = t.player_id
    AND h.season_year = t.season_year
    AND h.game_date < t.game_date
    AND h.game_date >= DATE_SUB(t.game_date, INTERVAL 400 DAY)
  GROUP BY t.game_date, t.player_id, t.season_year
),
pairs AS (
  SELECT
    k.game_date, k.player_id, h.game_date AS played_on, h.is_counted, h.points,
    h.seconds_played, h.source_score, h.over_under_result, h.nano_usage, h.days_after_last,
    h.result_number,
    DATE_DIFF(k.game_date, h.game_date, DAY) AS days_ago,
    IF(h.is_counted, k.last_game_number - h.game_number, NULL) AS games_between
  FROM known AS k
  INNER JOIN steps AS h
    ON h.player_id = k.player_id
    AND h.season_year = k.season_year
    AND h.game_date < k.game_date
    AND h.game_date >= DATE_SUB(k.game_date, INTERVAL 400 DAY)
),
weighed AS (
  SELECT
    game_date, player_id, played_on, is_counted, points, seconds_played, source_score,
    nano_usage, days_after_last, days_ago, games_between, over_under_result, result_number,
    -- Half as much every five games, in 2^40ths: whole numbers add up the same in any order.
    CAST(ROUND(1099511627776 * POW(CAST(0.5 AS FLOAT64), games_between / 5)) AS INT64) AS weight
  FROM pairs
),
sums AS (
  SELECT
    game_date, player_id,
    MIN(days_ago) AS days_since_last_game,
    COUNT(IF(days_ago <= 7, 1, NULL)) AS games_last_7_days,
    COUNT(IF(days_ago <= 14, 1, NULL)) AS games_last_14_days,
    SUM(IF(days_ago <= 7, seconds_played, 0)) AS seconds_last_7_days,
    SUM(IF(days_ago <= 14, seconds_played, 0)) AS seconds_last_14_days,
    COUNT(IF(days_ago <= 14 AND days_after_last = 1, 1, NULL)) AS back_to_backs_last_14_days,
    MIN(IF(days_after_last > 10, days_ago, NULL)) AS days_since_return,
    COUNT(games_between) AS games_played_season,
    COUNT(IF(games_between < 5, 1, NULL)) AS games_5,
    COUNT(IF(games_between < 7, 1, NULL)) AS games_7,
    COUNT(IF(games_between < 10, 1, NULL)) AS games_10,
    SUM(IF(games_between < 5, points, NULL)) AS points_5,
    SUM(IF(games_between < 10, points, NULL)) AS points_10,
    SUM(IF(games_between < 7, seconds_played, NULL)) AS seconds_7,
    SUM(IF(games_between < 10, seconds_played, NULL)) AS seconds_10,
    SUM(IF(is_counted, seconds_played, NULL)) AS seconds_season,
    COUNT(IF(games_between < 7, nano_usage, NULL)) AS usages_7,
    COUNT(IF(games_between < 10, nano_usage, NULL)) AS usages_10,
    SUM(IF(games_between < 7, nano_usage, NULL)) AS usage_7,
    SUM(IF(games_between < 10, nano_usage, NULL)) AS usage_10,
    SUM(weight * seconds_played) AS weighted_seconds,
    SUM(weight) AS weights,
    MIN(IF(games_between < 10, played_on, NULL)) AS window_from,
    MIN(IF(games_between < 10, source_score, NULL)) AS source_score,
    COUNT(over_under_result) AS lined_games,
    MAX(IF(over_under_result = 'OVER', result_number, 0)) AS last_over,
    MAX(IF(over_under_result = 'UNDER', result_number, 0)) AS last_under
  FROM weighed
  GROUP BY game_date, player_id
),
-- Opening nights and returns: the season before, as far as the window has it.
prior AS (
  SELECT
    t.game_date, t.player_id,
    SAFE_DIVIDE(SUM(h.seconds_played), COUNT(h.seconds_played)) / 60 AS minutes_avg
  FROM tonight AS t
  LEFT JOIN sums AS s ON s.game_date = t.game_date AND s.player_id = t.player_id
  INNER JOIN boxes AS h
    ON h.player_id = t.player_id
    AND h.season_year = t.season_year - 1
    AND h.is_counted
    AND h.game_date < t.game_date
    AND h.game_date >= DATE_SUB(t.game_date, INTERVAL 400 DAY)
  WHERE COALESCE(s.games_played_season, 0) = 0
  GROUP BY t.game_date, t.player_id
),
form AS (
  SELECT
    t.game_date, t.player_id,
    s.days_since_last_game,
    LEAST(COALESCE(s.days_since_last_game - 1, 7), 7) AS days_rest,
    COALESCE(s.days_since_last_game = 1, FALSE) AS back_to_back,
    COALESCE(s.games_last_7_days, 0) AS games_last_7_days,
    COALESCE(s.games_last_14_days, 0) AS games_last_14_days,
    COALESCE(s.seconds_last_7_days, 0) / 60 AS minutes_last_7_days,
    COALESCE(s.seconds_last_14_days, 0) / 60 AS minutes_last_14_days,
    SAFE_DIVIDE(s.seconds_7, 60 * s.games_7) AS minutes_per_game_last_7_games,
    COALESCE(s.back_to_backs_last_14_days, 0) AS back_to_backs_last_14_days,
    s.days_since_return,
    COALESCE(s.games_played_season, 0) AS games_played_season,
    IF(s.games_5 = 5, SAFE_DIVIDE(s.points_5, s.games_5), NULL) AS points_avg_last_5,
    IF(s.games_10 >= 5, SAFE_DIVIDE(s.points_10, s.games_10), NULL) AS points_avg_last_10,
    IF(s.games_10 >= 5, SAFE_DIVIDE(s.seconds_10, 60 * s.games_10), NULL) AS minutes_avg_last_10,
    SAFE_DIVIDE(s.seconds_season, 60 * s.games_played_season) AS minutes_avg_season,
    IF(s.games_7 >= 5, SAFE_DIVIDE(s.usage_7, 1000000000 * s.usages_7), NULL)
      AS usage_last_7_games,
    IF(s.games_10 >= 5, SAFE_DIVIDE(s.usage_10, 1000000000 * s.usages_10), NULL)
      AS usage_last_10,
    COALESCE(s.games_10, 0) AS games_in_last_10,
    COALESCE(
      CAST(0.6 AS FLOAT64) * SAFE_DIVIDE(s.weighted_seconds, 60 * s.weights)
      + CAST(0.4 AS FLOAT64) * SAFE_DIVIDE(s.seconds_season, 60 * s.games_played_season),
      p.minutes_avg
    ) AS expected_minutes,
    -- The newest of one kind is the last of all: the other kind's number is where the streak began.
    IF(s.lined_games > 0, s.last_over - s.last_under, NULL) AS over_under_streak,
    s.window_from, s.source_score
  FROM tonight AS t
  LEFT JOIN sums AS s ON s.game_date = t.game_date AND s.player_id = t.player_id
  LEFT JOIN prior AS p ON p.game_date = t.game_date AND p.player_id = t.player_id
),
dressed AS (
  SELECT
    m.game_date, m.game_id, m.player_id, m.cutoff, m.team, m.available,
    -- Whole billionths of a minute, so that a team's sum has one value; NULL of an unknown man, whom
    -- every sum below leaves out.
    IF(m.available, CAST(ROUND(f.expected_minutes * 1000000000) AS INT64), 0) AS nano_minutes,
    CAST(ROUND(f.usage_last_10 * 1000000000) AS INT64) AS nano_usage,
    COALESCE(m.status IN ('out', 'doubtful') AND f.minutes_avg_last_10 >= 10, FALSE) AS is_out,
    COALESCE(
      f.points_avg_last_10 >= 18 OR f.minutes_avg_last_10 >= 28 OR f.usage_last_10 >= 25, FALSE
    ) AS is_star,
    CAST(ROUND(f.minutes_avg_last_10 * 1000000000) AS INT64) AS nano_minutes_10,
    CAST(ROUND(f.points_avg_last_10 * 1000000000) AS INT64) AS nano_points_10,
    CAST(ROUND(COALESCE(f.usage_last_10, 0) * f.minutes_avg_last_10 / 48 * 1000000000) AS INT64)
      AS nano_usage_10
  FROM men AS m
  INNER JOIN form AS f ON f.game_date = m.game_date AND f.player_id = m.player_id
),
ranked AS (
  SELECT
    game_date, game_id, player_id, cutoff, team, available, nano_minutes, nano_usage, is_out,
    is_star, nano_minutes_10, nano_points_10, nano_usage_10,
    SUM(nano_minutes) OVER (PARTITION BY game_date, game_id, cutoff, team) AS team_nano_minutes,
    ROW_NUMBER() OVER (
      PARTITION BY game_date, game_id, cutoff, team
      ORDER BY COALESCE(nano_minutes, 0) DESC, player_id
    ) AS place,
    COALESCE(SUM(nano_minutes) OVER (
      PARTITION BY game_date, game_id, cutoff, team
      ORDER BY COALESCE(nano_minutes, 0) DESC, player_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0) AS larger_nano_minutes
  FROM dressed
),
-- Scaling to 240, cutting at 40 and spreading the excess until nobody is above ends where the men
-- with the most minutes have 40 and the others share what is left in proportion. A man is cut where
-- his share of what those before him leave would be above 40.
capped AS (
  SELECT
    game_date, game_id, player_id, cutoff, team, available, nano_minutes, nano_usage, is_out,
    is_star, nano_minutes_10, nano_points_10, nano_usage_10,
    nano_minutes > 0
    AND (240 - 40 * (place - 1)) * nano_minutes
      > 40 * (team_nano_minutes - larger_nano_minutes) AS is_capped
  FROM ranked
),
rest AS (
  SELECT
    game_date, game_id, cutoff, team,
    240 - 40 * COUNT(IF(is_capped, 1, NULL)) AS minutes_left,
    SUM(IF(is_capped, 0, nano_minutes)) AS nano_minutes_left,
    COUNT(IF(is_out, 1, NULL)) AS out_count,
    COUNT(IF(is_out AND is_star, 1, NULL)) AS star_count,
    SUM(IF(is_out, nano_minutes_10, 0)) AS out_nano_minutes,
    SUM(IF(is_out, nano_points_10, 0)) AS out_nano_points,
    SUM(IF(is_out, nano_usage_10, 0)) AS out_nano_usage
  FROM capped
  GROUP BY game_date, game_id, cutoff, team
),
projected AS (
  SELECT
    c.game_date, c.game_id, c.player_id, c.cutoff, c.team, c.available, c.nano_usage,
    CASE
      WHEN c.nano_minutes IS NULL THEN NULL
      WHEN c.is_capped THEN CAST(40 AS FLOAT64)
      ELSE COALESCE(SAFE_DIVIDE(r.minutes_left * c.nano_minutes, r.nano_minutes_left), 0)
    END AS minutes,
    -- Of the others: a man is not his own team-mate.
    r.out_count - IF(c.is_out, 1, 0) AS teammates_out,
    r.star_count - IF(c.is_out AND c.is_star, 1, 0) AS star_teammates_out,
    (r.out_nano_minutes - IF(c.is_out, c.nano_minutes_10, 0)) / 1000000000
      AS teammates_out_minutes,
    (r.out_nano_points - IF(c.is_out, c.nano_points_10, 0)) / 1000000000 AS teammates_out_points,
    (r.out_nano_usage - IF(c.is_out, c.nano_usage_10, 0)) / 1000000000 AS teammates_out_usage
  FROM capped AS c
  INNER JOIN rest AS r
    ON r.game_id = c.game_id AND r.game_date = c.game_date AND r.cutoff = c.cutoff
    AND r.team = c.team
),
usage_factors AS (
  SELECT
    game_date, game_id, cutoff, team,
    COALESCE(
      LEAST(
        GREATEST(
          SAFE_DIVIDE(
            20 * SUM(IF(nano_usage IS NULL, 0, CAST(ROUND(minutes * 1000000000) AS INT64))),
            SUM(CAST(ROUND(minutes * nano_usage) AS INT64))
          ),
          CAST(0.85 AS FLOAT64)
        ),
        CAST(1.25 AS FLOAT64)
      ),
      1
    ) AS factor
  FROM projected
  WHERE available
  GROUP BY game_date, game_id, cutoff, team
),
-- Who was with which team, by the box scores that list him; a change of team starts a stint.
listed AS (
  SELECT
    game_date, game_id, player_id, season_year, team,
    LAG(team) OVER (PARTITION BY player_id, season_year ORDER BY game_date, game_id) AS team_before
  FROM boxes
),
stints AS (
  SELECT
    player_id, season_year, team, game_date AS from_date,
    LAG(game_date) OVER (
      PARTITION BY player_id, season_year ORDER BY game_date DESC, game_id DESC
    ) AS next_from_date
  FROM listed
  WHERE team_before IS NULL OR team_before != team
),
ended_stints AS (
  SELECT
    s.player_id, s.season_year, s.team, s.from_date, s.next_from_date,
    MAX(l.game_date) AS last_date
  FROM stints AS s
  INNER JOIN listed AS l
    ON l.player_id = s.player_id
    AND l.season_year = s.season_year
    AND l.game_date >= s.from_date
    AND (s.next_from_date IS NULL OR l.game_date < s.next_from_date)
  GROUP BY s.player_id, s.season_year, s.team, s.from_date, s.next_from_date
),
-- A game is there when his form could have come of it: its box lists men of the team.
published AS (
  SELECT DISTINCT game_date, game_id, team FROM boxes
),
scheduled AS (
  SELECT game_date, game_id, home_team, away_team
  FROM raw.schedule
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
    AND status NOT IN ('postponed', 'cancelled')
    AND season_type IN ('regular', 'cup_final', 'play_in', 'playoffs')
),
expected AS (
  SELECT e.game_date, e.team, COUNT(e.game_id) AS games, COUNT(p.game_id) AS published_games
  FROM (
    SELECT game_date, game_id, home_team AS team FROM scheduled
    UNION ALL
    SELECT game_date, game_id, away_team AS team FROM scheduled
  ) AS e
  LEFT JOIN published AS p
    ON p.game_id = e.game_id AND p.game_date = e.game_date AND p.team = e.team
  GROUP BY e.game_date, e.team
),
-- Every team on every date: how many games lie before it, so that two rows tell of any span.
calendar AS (
  SELECT
    d.game_date, t.team, COALESCE(e.games, 0) AS games,
    COALESCE(e.published_games, 0) AS published_games,
    COALESCE(SUM(e.games) OVER (
      PARTITION BY t.team ORDER BY UNIX_DATE(d.game_date)
      RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0) AS games_before,
    COALESCE(SUM(e.published_games) OVER (
      PARTITION BY t.team ORDER BY UNIX_DATE(d.game_date)
      RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0) AS published_before
  FROM (
    SELECT game_date FROM expected
    UNION DISTINCT
    SELECT game_date FROM boxes
    UNION DISTINCT
    SELECT game_date FROM tonight
  ) AS d
  CROSS JOIN (SELECT DISTINCT team FROM boxes) AS t
  LEFT JOIN expected AS e ON e.game_date = d.game_date AND e.team = t.team
),
spans AS (
  SELECT
    f.game_date, f.player_id, s.team, s.last_date,
    GREATEST(f.window_from, s.from_date) AS from_date,
    -- The team he is with has him until tonight, the ones before until they listed him last.
    s.next_from_date IS NULL OR s.next_from_date >= f.game_date AS is_current
  FROM form AS f
  INNER JOIN tonight AS t ON t.game_date = f.game_date AND t.player_id = f.player_id
  INNER JOIN ended_stints AS s
    ON s.player_id = f.player_id
    AND s.season_year = t.season_year
    AND s.from_date < f.game_date
    AND (
      s.next_from_date IS NULL OR s.next_from_date >= f.game_date
      OR s.last_date >= f.window_from
    )
  WHERE f.window_from IS NOT NULL
),
completeness AS (
  SELECT
    s.game_date, s.player_id,
    SAFE_DIVIDE(
      100 * SUM(
        IF(s.is_current, until.published_before, until.published_before + until.published_games)
        - since.published_before
      ),
      SUM(IF(s.is_current, until.games_before, until.games_before + until.games)
        - since.games_before)
    ) AS completeness_pct
  FROM spans AS s
  INNER JOIN calendar AS since ON since.team = s.team AND since.game_date = s.from_date
  INNER JOIN calendar AS until
    ON until.team = s.team
    AND until.game_date = IF(s.is_current, s.game_date, s.last_date)
  GROUP BY s.game_date, s.player_id
),
judged AS (
  SELECT
    m.game_date, m.game_id, m.player_id, m.cutoff, g.nba_game_id, g.is_neutral, g.source,
    g.is_bootstrap, g.absent_blocks,
    LEAST(
      own.source_score,
      GREATEST(
        LEAST(g.source_score, m.source_score, COALESCE(f.source_score, 100))
        - IF(
          (own.game_spread IS NULL OR own.game_total IS NULL)
          AND 'game_lines' NOT IN UNNEST(g.absent_blocks),
          10, 0
        )
        - IF(m.status IS NULL AND 'injuries' NOT IN UNNEST(g.absent_blocks), 5, 0),
        0
      )
    ) AS source_score,
    COALESCE(c.completeness_pct, own.completeness_pct) AS completeness_pct,
    g.is_degraded AS is_game_degraded, g.degraded_reasons AS game_reasons,
    m.is_degraded AS is_man_degraded, m.degraded_reasons AS man_reasons,
    own.is_degraded AS is_side_degraded, own.degraded_reasons AS side_reasons
  -- Left joins where every row has its partner: they keep the order, and a planner that joins men to
  -- men by game makes thirty rows of each.
  FROM men AS m
  INNER JOIN sides AS own
    ON own.game_id = m.game_id AND own.game_date = m.game_date AND own.cutoff = m.cutoff
    AND own.team = m.team
  LEFT JOIN games AS g
    ON g.game_id = m.game_id AND g.game_date = m.game_date AND g.cutoff = m.cutoff
  LEFT JOIN form AS f ON f.game_date = m.game_date AND f.player_id = m.player_id
  LEFT JOIN completeness AS c ON c.game_date = m.game_date AND c.player_id = m.player_id
)
SELECT
  m.game_date, m.game_id, m.player_id, m.cutoff, m.cutoff_at, j.nba_game_id, m.season_year,
  m.season_type, m.team, m.opponent, m.is_home, j.is_neutral,
  m.player_name, m.player_lookup, m.roster_source, m.roster_age_days, m.status, m.status_source,
  m.status_reason, m.status_observed_at, m.available, m.injury_risk, m.lineup_status,
  m.is_expected_starter, m.position,
  SAFE_DIVIDE(DATE_DIFF(m.game_date, m.birth_date, DAY), CAST(365.25 AS FLOAT64)) AS age,
  f.days_since_last_game, f.days_rest, f.back_to_back, f.games_last_7_days,
  f.games_last_14_days, f.minutes_last_7_days, f.minutes_last_14_days,
  f.minutes_per_game_last_7_games, f.back_to_backs_last_14_days, f.days_since_return,
  f.games_played_season, f.points_avg_last_5, f.points_avg_last_10, f.minutes_avg_last_10,
  f.minutes_avg_season, f.usage_last_7_games, f.usage_last_10, f.games_in_last_10,
  p.minutes AS projected_minutes,
  f.usage_last_10 * COALESCE(u.factor, 1) AS projected_usage,
  IF(m.status IS NULL, NULL, p.teammates_out) AS teammates_out,
  IF(m.status IS NULL, NULL, p.star_teammates_out) AS star_teammates_out,
  IF(m.status IS NULL, NULL, p.teammates_out_minutes) AS teammates_out_minutes,
  IF(m.status IS NULL, NULL, p.teammates_out_points) AS teammates_out_points,
  IF(m.status IS NULL, NULL, p.teammates_out_usage) AS teammates_out_usage,
  other.pace_last_10 AS opponent_pace_last_10,
  other.defensive_rating_last_10 AS opponent_defensive_rating_last_10,
  other.free_throw_rate_allowed_last_15 AS opponent_free_throw_rate_allowed_last_15,
  f.over_under_streak,
  own.rest_advantage, own.travel_miles, own.time_zones, own.season_phase, own.game_spread,
  own.game_total, own.implied_points, own.starters_out,
  l.points_line, l.line_books, l.line_lowest, l.line_highest, l.over_decimal, l.over_book,
  l.under_decimal, l.under_book, l.line_observed_at, l.opening_line, l.line_move,
  j.absent_blocks,
  j.source, j.source_score, j.source_score AS quality_score,
  CASE
    WHEN j.source_score >= 95 THEN 'gold'
    WHEN j.source_score >= 75 THEN 'silver'
    WHEN j.source_score >= 50 THEN 'bronze'
    WHEN j.source_score >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  j.completeness_pct,
  j.is_game_degraded OR j.is_man_degraded OR j.is_side_degraded
    OR COALESCE(j.completeness_pct < 90, FALSE) AS is_degraded,
  CASE
    WHEN j.is_game_degraded THEN j.game_reasons
    WHEN j.is_man_degraded THEN j.man_reasons
    WHEN j.is_side_degraded THEN j.side_reasons
    WHEN j.completeness_pct < 90
      THEN ['games of his teams since the first of his last ten are not published']
    ELSE j.game_reasons
  END AS degraded_reasons,
  j.is_bootstrap
FROM men AS m
INNER JOIN judged AS j
  ON j.game_id = m.game_id AND j.game_date = m.game_date AND j.cutoff = m.cutoff
  AND j.player_id = m.player_id
LEFT JOIN form AS f ON f.game_date = m.game_date AND f.player_id = m.player_id
LEFT JOIN projected AS p
  ON p.game_id = m.game_id AND p.game_date = m.game_date AND p.cutoff = m.cutoff
  AND p.player_id = m.player_id
LEFT JOIN usage_factors AS u
  ON u.game_id = m.game_id AND u.game_date = m.game_date AND u.cutoff = m.cutoff
  AND u.team = m.team
LEFT JOIN sides AS own
  ON own.game_id = m.game_id AND own.game_date = m.game_date AND own.cutoff = m.cutoff
  AND own.team = m.team
LEFT JOIN sides AS other
  ON other.game_id = m.game_id AND other.game_date = m.game_date AND other.cutoff = m.cutoff
  AND other.team = m.opponent
LEFT JOIN consensus AS l
  ON l.game_id = m.game_id AND l.game_date = m.game_date AND l.cutoff = m.cutoff
  AND l.player_id = m.player_id
