"""What notices about meetings say as mail."""
