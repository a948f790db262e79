"""The answer to a question: what a template can tell for sure, else nothing.

`answering.answer_to` reads a query; intents.yaml and concepts.yaml are what it knows, with reasons. It is
pure: what exists is asked of a Catalogue. No card where it is not sure: the hits stand below it anyway.
"""
