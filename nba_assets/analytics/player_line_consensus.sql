-- One row per player with a points line on the date, and cut-off: what the books offered by then.
WITH games AS (
  SELECT
    game_date, game_id, cutoff, cutoff_at, source_score, is_degraded, degraded_reasons, is_bootstrap
  FROM analytics.upcoming_games
  WHERE game_date BETWEEN @start_date AND @end_date
),
lines AS (
  SELECT
    game_date, game_id, player_id, book, line, over_decimal, under_decimal, source, source_score,
    is_degraded, observed_at, superseded_at
  FROM raw.player_prop_lines
  WHERE game_date BETWEEN @start_date AND @end_date
    AND market = 'player_points'
),
books AS (
  SELECT
    g.game_date, g.game_id, l.player_id, g.cutoff, l.book,
    MIN(l.observed_at) AS first_at,
    MAX(l.observed_at) AS newest_at
  FROM games AS g
  INNER JOIN lines AS l
    ON l.game_id = g.game_id
    AND l.game_date = g.game_date
    AND l.observed_at <= g.cutoff_at
  GROUP BY g.game_date, g.game_id, l.player_id, g.cutoff, l.book
),
-- A capture of a game lists whoever offers at its instant: who is not in the newest has withdrawn, and
-- an old price beside the others' new ones would be a bet that nobody could make.
newest AS (
  SELECT
    g.game_date, g.game_id, l.player_id, g.cutoff, l.book, l.line, l.over_decimal, l.under_decimal,
    l.source, l.source_score, l.is_degraded, l.observed_at,
    CASE l.book
      WHEN 'draftkings' THEN 1
      WHEN 'fanduel' THEN 2
      WHEN 'betmgm' THEN 3
      WHEN 'williamhill_us' THEN 4  -- the key of Caesars
      WHEN 'bet365' THEN 5
      ELSE 6
    END AS preference,
    ROW_NUMBER() OVER (
      PARTITION BY g.game_date, g.game_id, l.player_id, g.cutoff
      ORDER BY l.line, l.book, l.player_id
    ) AS place,
    COUNT(*) OVER (PARTITION BY g.game_date, g.game_id, l.player_id, g.cutoff) AS books
  FROM games AS g
  INNER JOIN lines AS l
    ON l.game_id = g.game_id
    AND l.game_date = g.game_date
    AND l.observed_at <= g.cutoff_at
    AND (l.superseded_at IS NULL OR l.superseded_at > g.cutoff_at)
),
firsts AS (
  SELECT
    b.game_date, b.game_id, b.player_id, b.cutoff, l.line,
    ROW_NUMBER() OVER (
      PARTITION BY b.game_date, b.game_id, b.player_id, b.cutoff
      ORDER BY l.line, b.book, b.player_id
    ) AS place,
    COUNT(*) OVER (PARTITION BY b.game_date, b.game_id, b.player_id, b.cutoff) AS books
  FROM books AS b
  INNER JOIN lines AS l
    ON l.game_id = b.game_id
    AND l.game_date = b.game_date
    AND l.player_id = b.player_id
    AND l.book = b.book
    AND l.observed_at = b.first_at
  WHERE TIMESTAMP_ADD(b.first_at, INTERVAL 60 MINUTE) <= b.newest_at
),
-- The lower of the two middle ones where they are an even number: a line that some book offers.
consensus AS (
  SELECT game_date, game_id, player_id, cutoff, line
  FROM newest
  WHERE place = DIV((books + 1), 2)
),
opening AS (
  SELECT game_date, game_id, player_id, cutoff, line
  FROM firsts
  WHERE place = DIV((books + 1), 2)
),
offers AS (
  SELECT
    n.game_date, n.game_id, n.player_id, n.cutoff, n.book, n.over_decimal, n.under_decimal,
    n.source, n.observed_at,
    ROW_NUMBER() OVER (
      PARTITION BY n.game_date, n.game_id, n.player_id, n.cutoff
      ORDER BY n.over_decimal DESC, n.preference, n.book, n.player_id
    ) AS over_place,
    ROW_NUMBER() OVER (
      PARTITION BY n.game_date, n.game_id, n.player_id, n.cutoff
      ORDER BY n.under_decimal DESC, n.preference, n.book, n.player_id
    ) AS under_place
  FROM newest AS n
  INNER JOIN consensus AS c
    ON c.game_id = n.game_id
    AND c.game_date = n.game_date
    AND c.player_id = n.player_id
    AND c.cutoff = n.cutoff
    AND c.line = n.line
),
best AS (
  SELECT
    game_date, game_id, player_id, cutoff,
    MAX(over_decimal) AS over_decimal,
    MAX(IF(over_place = 1 AND over_decimal IS NOT NULL, book, NULL)) AS over_book,
    MAX(under_decimal) AS under_decimal,
    MAX(IF(under_place = 1 AND under_decimal IS NOT NULL, book, NULL)) AS under_book,
    MAX(observed_at) AS line_observed_at,
    MIN(source) AS source
  FROM offers
  GROUP BY game_date, game_id, player_id, cutoff
),
market AS (
  SELECT
    game_date, game_id, player_id, cutoff,
    COUNT(*) AS line_books,
    MIN(line) AS line_lowest,
    MAX(line) AS line_highest,
    MIN(source_score) AS source_score,
    LOGICAL_OR(is_degraded) AS is_degraded
  FROM newest
  GROUP BY game_date, game_id, player_id, cutoff
)
SELECT
  g.game_date, g.game_id, c.player_id, g.cutoff, g.cutoff_at,
  c.line AS points_line,
  m.line_books, m.line_lowest, m.line_highest,
  b.over_decimal, b.over_book, b.under_decimal, b.under_book, b.line_observed_at,
  o.line AS opening_line,
  c.line - o.line AS line_move,
  b.source,
  LEAST(g.source_score, m.source_score) AS source_score,
  LEAST(g.source_score, m.source_score) AS quality_score,
  CASE
    WHEN LEAST(g.source_score, m.source_score) >= 95 THEN 'gold'
    WHEN LEAST(g.source_score, m.source_score) >= 75 THEN 'silver'
    WHEN LEAST(g.source_score, m.source_score) >= 50 THEN 'bronze'
    WHEN LEAST(g.source_score, m.source_score) >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  CAST(NULL AS FLOAT64) AS completeness_pct,
  g.is_degraded OR m.is_degraded AS is_degraded,
  IF(
    m.is_degraded AND NOT g.is_degraded,
    ['the lines it is made of are degraded'],
    g.degraded_reasons
  ) AS degraded_reasons,
  g.is_bootstrap
FROM games AS g
INNER JOIN consensus AS c
  ON c.game_id = g.game_id
  AND c.game_date = g.game_date
  AND c.cutoff = g.cutoff
INNER JOIN market AS m
  ON m.game_id = c.game_id
  AND m.game_date = c.game_date
  AND m.player_id = c.player_id
  AND m.cutoff = c.cutoff
INNER JOIN best AS b
  ON b.game_id = c.game_id
  AND b.game_date = c.game_date
  AND b.player_id = c.player_id
  AND b.cutoff = c.cutoff
LEFT JOIN opening AS o
  ON o.game_id = c.game_id
  AND o.game_date = c.game_date
  AND o.player_id = c.player_id
  AND o.cutoff = c.cutoff
