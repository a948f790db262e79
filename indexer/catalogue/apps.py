"""Applications, their channels and the libraries whose metrics and pings they send (rule 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from indexer.catalogue.inputs import Inputs
from indexer.catalogue.model import App, Channel, ChannelPing, Estate, Library
from indexer.model.items import AppItem
from indexer.model.parts import AppChannel
from indexer.model.records import AppListing, LibraryVariant, RepositoryMetric, RepositoryPing
from indexer.model.replace import replace

_CHANNEL_ORDER = {"release": 0, "": 1, "beta": 2, "nightly": 3}
_DESKTOP = ("desktop", "crashreporter", "mozregression", "mach", "mozphab", "burnham", "vpn", "pine")
_ANDROID = ("fenix", "android", "fire_tv", "echo_show", "reality", "reference_browser")
_SERVER = ("backend", "cirrus", "syncstorage")
_WEB = ("frontend", "web", "mdn_", "bedrock", "docs", "dictionary", "glam", "treeherder", "view", "politica")


def _libraries(
    listing: AppListing,
    extra: Sequence[str],
    variants: Mapping[str, LibraryVariant],
    problems: Counter[str],
) -> tuple[Library, ...]:
    found: dict[str, Library] = {}
    for name in (*listing.dependencies, *extra):
        variant = variants.get(name)
        if variant is None:
            problems["dependency that is no known library"] += 1
        else:
            found[variant.v1_name] = Library(variant.library_name, variant.v1_name)
    return tuple(found.values())


def _apps(inputs: Inputs, variants: Mapping[str, LibraryVariant], problems: Counter[str]) -> dict[str, App]:
    dependencies = {state.v1_name: state.dependencies for state in inputs.states}
    channels: dict[str, list[Channel]] = {}
    for listing in inputs.listings:
        libraries = _libraries(listing, dependencies.get(listing.v1_name, ()), variants, problems)
        channels.setdefault(listing.app_name, []).append(Channel(listing, libraries))
    apps: dict[str, App] = {}
    for name, rows in channels.items():
        rows.sort(key=lambda row: _CHANNEL_ORDER.get(row.listing.channel, 4))
        first = rows[0].listing
        apps[name] = App(
            name=name,
            title=first.canonical_app_name or name,
            channels=tuple(rows),
            deprecated=all(row.listing.deprecated for row in rows),
            datasets=frozenset(row.listing.dataset for row in rows if row.listing.dataset),
        )
    return apps


def build_estate(inputs: Inputs, problems: Counter[str]) -> Estate:
    """Apps joined with their libraries, and what each repository holds."""
    variants = {variant.dependency_name: variant for variant in inputs.variants}
    apps = _apps(inputs, variants, problems)
    origins = {variant.v1_name: variant.library_name for variant in inputs.variants}
    origins.update((listing.v1_name, listing.app_name) for listing in inputs.listings)
    metrics: dict[str, dict[str, RepositoryMetric]] = {}
    for metric in inputs.metrics:
        metrics.setdefault(metric.v1_name, {})[metric.name] = metric
    pings: dict[str, dict[str, RepositoryPing]] = {}
    for ping in inputs.pings:
        pings.setdefault(ping.v1_name, {})[ping.name] = ping
    known = {state.v1_name: state for state in inputs.states}
    orphans = (metrics.keys() | pings.keys()) - origins.keys()
    problems["repository that neither an app nor a library names"] += len(orphans)
    estate = Estate(
        apps=apps,
        origins=origins,
        metrics=metrics,
        pings=pings,
        without_metrics=frozenset(
            x for x in origins if not metrics.get(x) and not (x in known and known[x].has_metrics)
        ),
    )
    return _with_channel_pings(estate, inputs)


def _with_channel_pings(estate: Estate, inputs: Inputs) -> Estate:
    """Adds which pings each channel sends: its own, its libraries', and those with a table only."""
    schema_pings: dict[str, set[str]] = {}
    for schema in inputs.ping_schemas:
        schema_pings.setdefault(schema.namespace, set()).add(schema.ping)
    found: dict[str, dict[str, ChannelPing]] = {}
    for app in estate.apps.values():
        for channel in app.channels:
            own: dict[str, ChannelPing] = {}
            for origin, v1_name in channel.repositories:
                for ping in estate.pings.get(v1_name, {}).values():
                    if ping.name in own and own[ping.name].in_source >= ping.in_source:
                        continue  # the app's own definition stands before a library's
                    definition = ping.history[0] if ping.history else None
                    own[ping.name] = ChannelPing(ping.name, origin, v1_name, definition, ping.in_source)
            for name in sorted(schema_pings.get(channel.listing.namespace, ())):
                if name not in own:
                    own[name] = ChannelPing(name, app.name, channel.listing.v1_name, None, True, "schema")
            found[channel.listing.app_id] = own
    return replace(estate, channel_pings=found)


def platform_of(app: App) -> str:
    """desktop, android, ios, web, server or other: the groups of the map."""
    name = app.name
    if "ios" in name.split("_"):
        return "ios"
    for platform, marks in (("android", _ANDROID), ("server", _SERVER), ("web", _WEB), ("desktop", _DESKTOP)):
        if any(mark in name for mark in marks):
            return platform
    return "other"


def app_items(estate: Estate) -> list[AppItem]:
    """One item for each app; counts of its metrics are added when those are known."""
    return [_app_item(app, estate) for app in estate.apps.values()]


def _app_item(app: App, estate: Estate) -> AppItem:
    first = app.channels[0].listing
    listings = [channel.listing for channel in app.channels]
    libraries = dict.fromkeys(library.origin for channel in app.channels for library in channel.libraries)
    pings = {ping for listing in listings for ping in estate.channel_pings[listing.app_id]}
    known = any(listing.v1_name not in estate.without_metrics for listing in listings)
    aliases = dict.fromkeys(
        word
        for listing in listings
        for word in (listing.app_id, listing.v1_name, listing.dataset, listing.namespace)
        if word and word != app.name
    )
    return AppItem(
        id=f"app/{app.name}",
        kind="app",
        name=app.name,
        title=app.title,
        description=first.app_description or first.description,
        apps=(app.name,),
        app_titles=(app.title,),
        pings=tuple(sorted(pings)),
        datasets=tuple(dict.fromkeys([app.name, *(x.dataset for x in listings if x.dataset)])),
        status="deprecated" if app.deprecated else "active",
        status_reason="deprecated in the list of apps" if app.deprecated else "",
        owners=tuple(dict.fromkeys(email for listing in listings for email in listing.emails)),
        aliases=tuple(aliases),
        labels=tuple(dict.fromkeys(x.channel for x in listings if x.channel)),
        channels=tuple(
            AppChannel(
                app_id=x.app_id,
                channel=x.channel,
                dataset=x.dataset,
                v1_name=x.v1_name,
                namespace=x.namespace,
                description=x.description,
                deprecated=x.deprecated,
                prototype=x.prototype,
            )
            for x in listings
        ),
        skip_documentation=all(x.skip_documentation for x in listings),
        source_url=first.url,
        platform=platform_of(app),
        libraries=tuple(libraries),
        known_from="probeinfo" if known else "schema",
    )
