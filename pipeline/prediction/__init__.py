"""A trained model on new files: `radbank predict`."""
