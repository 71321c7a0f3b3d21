"""What becomes of an alert: which organisations are asked to confirm it, what they answer, and who has not."""
