"""Metrics of models' predictions, and comparisons of models.

A metric is declared once (`metric`, `metrics`), computed for many sets of weights at a time from
classified cases (`classified`), and has an interval over patients (`pipeline.statistics`).
"""
