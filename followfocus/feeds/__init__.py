"""What the ring does, told to other programs while it does it: tracks over the network."""
