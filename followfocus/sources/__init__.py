"""What comes from outside: bytes, samples and packets to events with a time. Nothing here moves anything."""
