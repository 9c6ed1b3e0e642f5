"""The desk's state, without widgets."""
