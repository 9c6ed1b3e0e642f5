"""The parts that the desk is made of."""
