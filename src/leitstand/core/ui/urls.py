"""Addresses of the UI kit."""

app_name = "ui"
urlpatterns: list[object] = []
