"""What every stage computes estimates with: figures of cases, their uncertainty, their tests.

Cases come in patients (`scored_cases`), so variances are sums over patients; nothing here knows
of models, metrics' names or stages.
"""
