"""The decisions of a campaign that the log holds, with what was known of each customer then."""
