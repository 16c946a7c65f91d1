"""One key per team, game and player over all providers, as pure functions: what a name or an event means, or why it cannot be said."""
