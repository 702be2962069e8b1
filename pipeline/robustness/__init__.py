"""What the seed study leaves open, tried on cached features: `limits` joins these."""
