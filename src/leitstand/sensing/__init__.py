"""Urban data platform: stations, series and measured values by OGC SensorThings API 1.1."""
