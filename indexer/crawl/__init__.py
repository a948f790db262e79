"""From public addresses to kept records: fetched within bounds, parsed beside, one snapshot a source."""
