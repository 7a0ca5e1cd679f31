"""Read models of rollouts: boards with all cells, figures, forecasts, differences."""
