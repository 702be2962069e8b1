"""A study: one cell for each backbone, run where missing, and what all of them show.

`cells` says what a cell is and which are finished, `copies` makes the copy of the project that a
cell runs in, `running` runs it, `claims` and `answers` put into words what came out, and `page`
and `text` write it down.
"""
