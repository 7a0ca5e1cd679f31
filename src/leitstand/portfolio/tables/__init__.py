"""Columns of the portfolio's objects, declared once: page, files, API and forms follow them."""

from leitstand.portfolio.tables.items import ITEM_TABLES
from leitstand.portfolio.tables.projects import PROJECTS
from leitstand.portfolio.tables.strategy import FIELDS, GOALS, PROGRAMMES, SKILLS

__all__ = ["FIELDS", "GOALS", "ITEM_TABLES", "PROGRAMMES", "PROJECTS", "SKILLS"]
