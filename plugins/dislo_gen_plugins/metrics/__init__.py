"""Built-in metrics: how good predicted lines are."""
