"""What nobody is good enough for: figures that say a leak, over so many rows (domain rules, sections 6 and 8)."""

# Points: with the minutes known exactly the floors are 4.2 over all rows, and 4.6 to 5.1 over lined ones.
MIN_MAE, MIN_LINED_MAE = 4.2, 4.6
MAX_R2 = 0.60
MIN_LEAK_ROWS = 2000
MIN_LEAK_DAYS = 28  # of a mean: fewer may be an easy fortnight
# Points, on the same rows: not impossible yet, and lower than honest models came.
DOUBTFUL_MAE, DOUBTFUL_LINED_MAE = 4.4, 4.8
# Of bets: the rate, how many, and where its 95 % interval begins (section 6).
MAX_HIT_RATE, MIN_LEAK_BETS, MAX_LOWER_BOUND = 0.60, 300, 0.55
