"""Training: courses and their sessions, who comes, who came, and what they may show for it."""
