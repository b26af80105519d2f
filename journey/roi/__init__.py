"""What it is worth: assumptions with their spread, month by month, to a profit with its uncertainty."""
