"""The figures of the report, one kind a file; each makes a Plate."""
