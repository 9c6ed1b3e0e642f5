"""Screens that open over the desk."""
