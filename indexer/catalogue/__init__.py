"""Records joined into one catalogue: app -> pings -> metrics -> columns -> tables, and what names them.

`build_catalogue` is the whole of it; each stage has its own module.
"""

from indexer.catalogue.build import build_catalogue
from indexer.catalogue.model import Catalogue

__all__ = ["Catalogue", "build_catalogue"]
