"""When things run: conditions, sensors, backfills, and what became of every date. Never what runs."""
