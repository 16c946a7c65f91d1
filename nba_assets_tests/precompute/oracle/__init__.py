"""What the tables before tip-off have to say, computed a second time: slowly, in pandas, from raw rows alone.

One team, one player, one date at a time, in the order of the definitions. It shares no code with
the queries that it judges, and nothing here is faster than it is plain.
"""
