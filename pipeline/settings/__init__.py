"""What must hold among the settings of params.yaml."""
