"""What templates can call: filters and functions, and addresses of assets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from flask import Flask
from flask.templating import Environment

from indexer.model.ids import item_path, table_id
from indexer.model.items import DocItem
from indexer.model.kinds import KINDS
from indexer.runtime.progress import read_progress
from search_app.tools import GAINING_ACCESS
from search_app.web import labels
from search_app.web.actions import link_groups, query_groups
from search_app.web.guards.hosts import page_root
from search_app.web.markdown import highlighted, markdown, plain, safe_href
from search_app.web.operation.banner import current_banner, progress_text
from search_app.web.operation.judged import judged
from search_app.web.results.hit_html import facet_items, hit_article
from search_app.web.results.view import status_legend
from search_app.web.sql_html import coloured_sql
from search_app.web.state import current_site
from search_app.web.urls import api_path, with_parameters

STATIC = Path(__file__).parents[1] / "static"


class Templates(Environment):
    """Templates in which `mapping[key]` is what the mapping holds: Jinja looks for attributes too, so that of
    a column that upstream calls `values` or `items` it gives a method of the mapping.
    """

    def getitem(self, obj: Any, argument: Any) -> Any:
        """What `obj[argument]` is in a template; undefined where a mapping has no such key."""
        if isinstance(obj, Mapping) and argument not in obj:
            return self.undefined(obj=obj, name=argument)
        return super().getitem(obj, argument)


def set_up_templates(app: Flask) -> None:
    """Filters, functions and strict undefined names for all templates."""
    app.jinja_environment = Templates
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(
        markdown=markdown,
        plain=plain,
        highlighted=highlighted,
        coloured_sql=coloured_sql,
        href=safe_href,
        number=labels.number,
        plural=labels.plural,
        human_date=labels.human_date,
        expiry=labels.expiry,
        human_bytes=labels.human_bytes,
        kind_label=labels.kind_label,
        path=item_path,
        api_path=api_path,
        id_label=id_label,
        table_id=table_id,
        reference_label=reference_label,
        source_label=source_label,
        first_items=first_items,
        link_groups=link_groups,
        query_groups=query_groups,
        xml_text=xml_text,
    )
    env.globals.update(
        asset=asset,
        page_root=lambda: page_root(current_site().config).rstrip("/"),
        type_label=labels.type_label,
        table_label=labels.table_label,
        counted=labels.counted,
        judged=lambda: judged(current_site()),
        ago=lambda text: labels.ago(text, current_site().today),
        generation=lambda: current_site().answering,
        banner=current_banner,
        progress=lambda: progress_text(read_progress(current_site().config.data_dir)),
        sensitivity_labels=labels.SENSITIVITY_LABELS,
        relation_label=labels.relation_label,
        kinds=KINDS,
        status_legend=status_legend,
        facet_items=facet_items,
        hit_article=hit_article,
        with_parameters=with_parameters,
        gaining_access=GAINING_ACCESS,
    )


def reference_label(address: str) -> str:
    """A link to a bug or a review in few words: `bug 1591564`, `mozilla-mobile/fenix#4495`."""
    if match := re.match(r"https?://(?:bugzilla\.mozilla\.org/show_bug\.cgi\?id=|bugzil\.la/)(\d+)", address):
        comment = re.search(r"#c(\d+)$", address)
        return f"bug {match[1]}" + (f", comment {comment[1]}" if comment else "")
    if match := re.match(r"https?://github\.com/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d+)", address):
        return f"{match[1]}#{match[2]}"
    return re.sub(r"^https?://(www\.)?", "", address)[:60]


def source_label(address: str) -> str:
    """A place in a repository in few words: `metrics.yaml, line 12`, with the folder that tells it apart."""
    path = re.sub(r"^https?://[^/]+/", "", address).partition("#")[0]
    path = re.sub(r"^[^/]+/[^/]+/(?:blob|tree|raw)/[^/]+/", "", path)
    line = re.search(r"#L(\d+)", address)
    return "/".join(path.split("/")[-3:]) + (f", line {line[1]}" if line else "")


def first_items(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """The largest counts of a table of counts."""
    return dict(sorted(counts.items(), key=lambda item: -item[1])[:most])


def xml_text(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold; escaping is the template's."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def id_label(item_id: str, page_id: str = "") -> str:
    """The name of an item as its id tells it: `metric/fenix/a.b` is `a.b`; a section of the page alone."""
    kind, _, rest = item_id.partition("/")
    if kind in ("metric", "ping") and "/" in rest:
        return rest.split("/", 1)[1]
    if kind == "probe":
        return rest.split("/", 1)[-1]
    if kind == "table":
        return rest.split(".", 1)[-1]
    if kind in ("measure", "explore", "dashboard"):
        return rest.rsplit("/", 1)[-1]
    if kind == "doc":
        page, _, slug = rest.partition("#")
        section = _heading(item_id) or slug.replace("-", " ").strip()
        if slug and page_id.partition("#")[0] == f"doc/{page}":
            return section
        words = page.removesuffix(".md").removesuffix("/README").removesuffix("/intro").split("/")[-1]
        return f"{words} \u203a {section}" if slug else words
    return rest


def _heading(item_id: str) -> str:
    """The heading of a section of the docs as it is written; "" where no such section is known."""
    found = current_site().engine.get(item_id)
    return found.section.heading if isinstance(found, DocItem) else ""


@lru_cache(maxsize=32)
def _digest(name: str) -> str:
    return blake2b((STATIC / name).read_bytes(), digest_size=5).hexdigest()


def asset_digest(name: str) -> str:
    """The digest of a static file's content; "" where there is none of that name."""
    try:
        return _digest(name)
    except OSError:
        return ""


def asset(name: str) -> str:
    """The address of a static file, with a digest of its content so that it may be cached for ever."""
    return f"/static/{name}?v={_digest(name)}"  # not url_for: the page of a bad Host header has no router


@lru_cache(maxsize=1)
def assets_digest() -> str:
    """One digest over all static files: pages made for other files must not be served from a cache."""
    return blake2b("".join(_digest(path.name) for path in sorted(STATIC.glob("*.*"))).encode()).hexdigest()[
        :10
    ]
