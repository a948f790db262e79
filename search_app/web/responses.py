"""How responses travel: JSON text, security headers, 304 for what did not change, brotli and gzip, timing.

A page is a function of generation, address and day, so its ETag is made of these and a
known one is answered before any work is done.
"""

from __future__ import annotations

import gzip
import re
import secrets
import time
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Literal

import brotli
from flask import Response, g, request
from flask.json.provider import DefaultJSONProvider
from pydantic_core import to_json
from werkzeug.exceptions import RequestURITooLarge

from search_app.web.operation.banner import current_banner
from search_app.web.state import NothingIndexed, current_site, wants_markdown
from search_app.web.templating import asset_digest, assets_digest

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LONGEST_ADDRESS = 8_000  # characters of path and parameters; nothing of ours comes near
REQUEST_ID = "X-Request-Id"
GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")  # of a proxy's; anything else is replaced
# what changes while the generation stays, or must be asked anew each time
UNCACHED = ("/status", "/api/v1/status", "/healthz", "/readyz", "/metrics", "/go", "/static/")
STREAMED = ("/export.",)
COMPRESSED = (
    "text/",
    "application/json",
    "application/atom",
    "application/opensearch",
    "application/xml",
    "image/svg",
)
NEGOTIATED = ("text/html", "text/markdown")  # which of them is answered, Accept decides
FOR_EVER = "public, max-age=31536000, immutable"
Coding = Literal["br", "gzip"]
SMALLEST_COMPRESSED = 600  # bytes; below, the header costs more than it saves
# How hard. A page is a tenth smaller by brotli than by gzip for 0.1 ms more; 4 would save that and the gain.
PACKED: dict[Coding, int] = {"br": 5, "gzip": 6}
HARDEST: dict[Coding, int] = {"br": 11, "gzip": 9}  # for what is packed once: scripts and styles
WINDOW = 16  # of brotli, 64 KB: hardly larger pages than from 4 MB, which take a third longer
STATIC_KEPT = 32  # of them, in a worker's memory: eight files of 4 KB in two codings


class FastJson(DefaultJSONProvider):
    """What `jsonify` answers with, written by pydantic's own writer: four times as fast on a page of hits."""

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """The answer of a view as JSON that ends in a line break."""
        body = to_json(self._prepare_response_obj(args, kwargs))
        return Response(body + b"\n", mimetype=self.mimetype)


def start() -> None:
    """Before all else: every response says how long it took, and for which request it is.

    A request has the id that a proxy gave it, else a new one: what a reader reports can be found in the log.
    Raises RequestURITooLarge.
    """
    g.started = time.perf_counter()
    g.etag = ""
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if GOOD_ID.fullmatch(given) else secrets.token_hex(8)
    if len(request.full_path) > LONGEST_ADDRESS:
        raise RequestURITooLarge


def unchanged() -> Response | None:
    """304 where the asker has this answer of this generation already."""
    if request.method not in ("GET", "HEAD") or request.path.startswith(UNCACHED):
        return None
    site = current_site()
    try:
        generation = site.engine.generation
    except NothingIndexed:
        return None
    if generation.sample:  # its pages carry the progress of the first crawl
        return None
    parts = (
        *(generation.id, request.full_path, site.today.isoformat(), assets_digest(), request.host),
        *generation.passed_over,
        "markdown" if wants_markdown() else "",
        current_banner().text,  # pages carry it
    )
    g.etag = blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()
    known = request.if_none_match
    if not known.star_tag and known.contains_weak(g.etag):  # `*` would hide a 404 behind a 304
        return Response(status=304)
    return None


def deliver(response: Response) -> Response:
    """Headers on every response, packed as the asker takes it."""
    response.headers.extend(SECURITY_HEADERS)  # nothing else sets one of these
    response.headers[REQUEST_ID] = g.get("request_id", "")
    if (started := g.get("started")) is not None:
        response.headers.add("Server-Timing", f"app;dur={(time.perf_counter() - started) * 1000:.1f}")
    if g.get("etag") and response.status_code in (200, 304):
        response.set_etag(g.etag, weak=True)
        response.headers["Cache-Control"] = "no-cache"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if request.path.startswith("/static/") and response.status_code == 200:
        name = request.path.removeprefix("/static/")
        # only an address that carries the digest of just this content (see asset()) may be kept for ever
        is_of_content = request.args.get("v") == asset_digest(name)
        response.headers["Cache-Control"] = FOR_EVER if is_of_content else "no-cache"
    if (response.mimetype or "") in NEGOTIATED:
        response.vary.add("Accept")
    # readers come by TLS: their browsers may be told to come by nothing else
    if request.is_secure or current_site().config.server.public_url.startswith("https:"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.path.startswith("/api/"):
        response.headers["Access-Control-Allow-Origin"] = "*"
    return _compressed(response)


def _compressed(response: Response) -> Response:
    if not (response.mimetype or "").startswith(COMPRESSED) or response.status_code != 200:
        return response
    response.vary.add("Accept-Encoding")
    coding = _welcome()
    if coding is None or "Content-Encoding" in response.headers:
        return response
    response.direct_passthrough = False
    if response.is_streamed and request.path.startswith(STREAMED):
        response.response = _packed_stream(response.iter_encoded(), coding)
    else:
        body = response.get_data()
        if len(body) < SMALLEST_COMPRESSED:
            return response
        is_static = request.path.startswith("/static/")
        response.set_data(
            _packed_for_long(body, coding) if is_static else _packed(body, coding, PACKED[coding])
        )
    response.headers["Content-Encoding"] = coding
    etag, weak = response.get_etag()
    if etag and not weak:  # other bytes than those that it is of
        response.set_etag(etag, weak=True)
    return response


def _welcome() -> Coding | None:
    """The coding that the asker likes best; brotli where both are alike, as browsers have it."""
    of_brotli, of_gzip = request.accept_encodings["br"], request.accept_encodings["gzip"]
    if of_brotli and of_brotli >= of_gzip:
        return "br"
    return "gzip" if of_gzip else None


def _packed(body: bytes, coding: Coding, how_hard: int) -> bytes:
    if coding == "br":
        packed: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=how_hard, lgwin=WINDOW)
        return packed
    return gzip.compress(body, how_hard, mtime=0)


@lru_cache(STATIC_KEPT)
def _packed_for_long(body: bytes, coding: Coding) -> bytes:
    return _packed(body, coding, HARDEST[coding])


def _packed_stream(pieces: Iterable[bytes], coding: Coding) -> Iterator[bytes]:
    """A stream packed piece by piece."""
    if coding == "br":
        packer = brotli.Compressor(mode=brotli.MODE_TEXT, quality=PACKED[coding], lgwin=WINDOW)
        pack, end = packer.process, packer.finish
    else:
        deflate = zlib.compressobj(PACKED[coding], zlib.DEFLATED, zlib.MAX_WBITS | 16)
        pack, end = deflate.compress, deflate.flush
    for piece in pieces:
        if packed := pack(piece):
            yield packed
    yield end()
