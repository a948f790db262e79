"""What the modules of pages add their addresses to: `pages.` begins their names in /metrics."""

from flask import Blueprint

blueprint = Blueprint("pages", __name__)
