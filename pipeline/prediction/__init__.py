"""Inference on new files with a trained model: `radbank predict`."""
