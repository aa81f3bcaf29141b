"""Commands that train, export, measure and draw: what makes the model and the figures in docs/."""
