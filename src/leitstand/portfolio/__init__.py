"""Portfolio: strategy, projects, their plans, money and governance."""
