"""What the platform costs, as ratios measured in one run."""
