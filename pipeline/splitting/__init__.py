"""Split patients into training, validation and test."""
