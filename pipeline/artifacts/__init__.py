"""What lies between the stages: one module a file format."""
