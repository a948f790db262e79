"""What BigQuery itself says of its tables: live description, labels, columns, rows, bytes.

The one source that does its own I/O, since Google's client library does. Without
`billing_project` and `projects` among its options it asks nothing and has no records.
Sign-in is by Application Default Credentials; the rights needed are
bigquery.jobs.create in the billing project and bigquery.tables.{get,list} on what is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.model.records import Record
from indexer.sources import Fetched, Report, Request


class Source:
    """Requests: none; what is asked, Google's client fetches itself."""

    name = "bigquery"
    version = 1

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """Nothing to fetch."""
        return ()

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """Tables and their schemas. Raises SourceUnavailable where BigQuery cannot be asked."""
        if not options.get("billing_project") or not options.get("projects"):
            report.skip("no billing_project or no projects configured")
            return
        # Not at the top: Google's client takes 0.6 s and 60 MB to import, and few installations have this on.
        from indexer.sources._bigquery_reader import Warehouse

        yield from Warehouse(options, report).records()
