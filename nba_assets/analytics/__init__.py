"""What happened, as totals and rates, from raw. What is known before tip-off belongs to precompute."""
