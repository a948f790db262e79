"""catalogue.sqlite: whole items and the columns of tables."""
