"""Engines: backends for inference (OpenVINO, torch.compile, eager PyTorch)."""
