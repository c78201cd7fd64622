"""Training of the network that finds scratches: damage that is made, on photos that have none."""
