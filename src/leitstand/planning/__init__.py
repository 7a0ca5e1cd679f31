"""Planning: positions, capacity per role, demand, scenarios and plans."""
