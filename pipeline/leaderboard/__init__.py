"""The leaderboard: every experiment's models side by side, on the same cases or apart.

`runs` finds the experiments and fetches their files, `entries` reads them, `ranking` scores and
compares them, `board` is what is then shown, and `table` and `page` show it.
"""
