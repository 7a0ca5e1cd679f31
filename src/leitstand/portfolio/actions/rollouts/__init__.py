"""The only writers of rollouts: set-up, units, waves and obstacles, cells, import."""
