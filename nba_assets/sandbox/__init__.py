"""A simulated NBA season over real HTTP in the providers' own shapes, able to misbehave.

Nothing here describes a real player, game or building, or knows how the platform reads a body.
"""
