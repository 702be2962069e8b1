"""Health checks of `radbank doctor`: is this machine ready for params.yaml."""
