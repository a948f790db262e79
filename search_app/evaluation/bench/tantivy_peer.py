"""tantivy through its Python binding, one field a group, facets by its aggregations over fast fields."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import tantivy

from indexer.index.documents.document import FACETS, GROUPS
from indexer.index.weights import WEIGHTS
from indexer.model.card import Card
from search_app.evaluation.bench.corpus import Corpus
from search_app.evaluation.bench.peers import SHOWN, SIZE, Page, asked_terms, group_texts
from search_app.evaluation.bench.questions import Question

NAME = "tantivy 0.27"
LACKS = "no families, no corrections, no exact names, no suggestions"
MEMORY = 256_000_000  # bytes of the writer
_AGGREGATIONS = {name: {"terms": {"field": f"facet_{name}", "size": SHOWN}} for name in FACETS}


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("card", stored=True, tokenizer_name="raw", index_option="basic")
    for group in GROUPS:
        builder.add_text_field(
            group, stored=group == "prose", tokenizer_name="whitespace", index_option="position"
        )
    for name in FACETS:
        builder.add_text_field(f"facet_{name}", fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def build(folder: Path, corpus: Corpus) -> None:
    """One segment, written by one thread."""
    folder.mkdir(parents=True)
    index = tantivy.Index(_schema(), path=str(folder))
    writer = index.writer(MEMORY, 1)
    for each in corpus.documents:
        document = tantivy.Document()
        document.add_text("id", each.id)
        document.add_text("card", json.dumps(each.card, ensure_ascii=False))
        for group, text in zip(GROUPS, group_texts(each), strict=True):
            document.add_text(group, text)
        for name in FACETS:
            for value in each.facets.get(name, ()):
                document.add_text(f"facet_{name}", value)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def open_peer(folder: Path) -> TantivyPeer:
    """The index that build() wrote."""
    return TantivyPeer(folder)


class TantivyPeer:
    """Any of the words, as a near miss has it, those with more of them first by their scores."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._schema = _schema()
        self._searcher = self._index.searcher()

    def ask(self, question: Question) -> Page:
        """The first page with snippets, and the counts of all facets."""
        query = self._query(question)
        found: Any = self._searcher.search(query, SIZE, count=True)
        snippets = tantivy.SnippetGenerator.create(self._searcher, query, self._schema, "prose")
        hits = []
        for _, address in found.hits:
            document = self._searcher.doc(address)
            card = dict(zip(Card._fields, json.loads(document["card"][0]), strict=True))
            snippet = snippets.snippet_from_doc(document).to_html()
            hits.append({"id": card["id"], "name": card["name"], "snippet": snippet})
        counted = self._searcher.aggregate(query, _AGGREGATIONS)
        facets = {
            name: [(bucket["key"], bucket["doc_count"]) for bucket in counted[name]["buckets"]]
            for name in FACETS
        }
        return Page(found.count, hits, facets)

    def suggest(self, typed: str) -> int:
        """0: it completes nothing."""
        return 0

    def _query(self, question: Question) -> Any:
        should, must = tantivy.Occur.Should, tantivy.Occur.Must
        if question.prefix:
            pattern = re.escape(question.prefix) + ".*"
            texts = [tantivy.Query.regex_query(self._schema, group, pattern) for group in GROUPS]
        else:
            texts = [
                tantivy.Query.term_query(self._schema, group, term)
                for term in asked_terms(question)
                for group in GROUPS
            ]
        weights = WEIGHTS.fields
        weighted = [
            (should, tantivy.Query.boost_query(text, weights[place % len(GROUPS)]))
            for place, text in enumerate(texts)
        ]
        parts = [(must, tantivy.Query.boolean_query(weighted))]
        for name, values in question.filters.items():
            terms = [(should, tantivy.Query.term_query(self._schema, f"facet_{name}", v)) for v in values]
            parts.append((must, tantivy.Query.boolean_query(terms)))
        return tantivy.Query.boolean_query(parts)
