"""The description of the JSON interface, made from the same tables and classes that the endpoints use."""
