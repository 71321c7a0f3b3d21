"""What people are told, as they choose it: ticks on the list of each of their addresses, and when their day begins."""
