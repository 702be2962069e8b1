"""The report: one self-contained page that holds the evidence and how it came about."""
