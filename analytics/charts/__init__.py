"""One module per model: Result → plotly Figure."""
