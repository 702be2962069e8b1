"""What `radbank doctor` looks at: is this machine ready for what params.yaml asks."""
