"""What the analysts can do, and the second path."""
