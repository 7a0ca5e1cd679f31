"""Root of the feature's tables: reports and council papers each build on it."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = [("portfolio", "0012_versions_of_rollouts")]
    operations = []
