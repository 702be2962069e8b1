"""A synthetic chest-radiograph cohort: people, their anatomy, findings, exposure and files."""
