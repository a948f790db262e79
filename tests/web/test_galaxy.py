"""The map of all apps: where stars stand, how large and how bright they are."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from flask.testing import FlaskClient

from search_app.web.maps.galaxy import NARROW, WIDE, AppCounts, Galaxy, Star, galaxy, radius
from search_app.web.maps.galaxy_view import all_apps, galaxy_view
from search_app.web.maps.siblings import siblings
from search_app.web.maps.text_width import NAME_SIZE, NOTE_SIZE, text_width
from search_app.web.state import EXTENSION, Site


def an_app(name: str, metrics: int, platform: str = "desktop", *, alive: bool = True) -> AppCounts:
    state = "" if alive else "deprecated"
    return AppCounts(name, f"Firefox {name.title()}", f"/app/{name}/map", platform, metrics, alive, state)


def stars_of(chart: Galaxy) -> list[Star]:
    return [star for group in chart.constellations for star in group.stars]


def touching(chart: Galaxy) -> list[tuple[str, str]]:
    return [
        (one.name, other.name)
        for one, other in combinations(stars_of(chart), 2)
        if one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    ]


def sticking_out(chart: Galaxy) -> list[str]:
    """Labels and discs that leave the room kept for the star, stars that leave the drawing."""
    out: list[str] = []
    for star in stars_of(chart):
        half = [text_width(text.text, NOTE_SIZE if text.css else NAME_SIZE) / 2 for text in star.texts] + [
            star.radius
        ]
        inside = star.left - 1e-6 <= star.x - max(half) and star.x + max(half) <= star.right + 1e-6
        inside &= star.top - 1e-6 <= star.y - star.radius and star.y + star.radius <= star.bottom + 1e-6
        inside &= all(star.top < text.y - NOTE_SIZE + 2 and text.y + 3 < star.bottom for text in star.texts)
        inside &= star.left >= -1e-6 and star.right <= chart.width + 1e-6
        inside &= star.top >= -1e-6 and star.bottom <= chart.height + 1e-6
        out += [] if inside else [star.name]
    return out


def test_more_metrics_are_never_a_smaller_star() -> None:
    sizes = [radius(metrics) for metrics in range(8_000)]
    assert sizes == sorted(sizes)
    assert radius(0) > 3
    assert radius(4_000) / radius(1_000) == pytest.approx(2)  # it is the area that tells


def test_apps_gather_by_platform_in_a_fixed_order_the_unheard_of_with_the_others() -> None:
    chart = galaxy([an_app("a", 5, "web"), an_app("b", 9), an_app("c", 7, "toaster"), an_app("d", 8, "web")])
    names = {group.label.text: [star.name for star in group.stars] for group in chart.constellations}
    assert names == {"Desktop": ["b"], "Web": ["d", "a"], "Others": ["c"]}
    assert list(names) == ["Desktop", "Web", "Others"]


def test_an_app_whose_definitions_are_not_published_does_not_claim_to_have_none() -> None:
    (star,) = stars_of(galaxy([replace(an_app("web", 0), metrics=None)]))
    assert [text.text for text in star.texts][-1] == "?"
    assert star.title == "Firefox Web: its definitions are not published"


def test_a_dead_app_is_faint_and_tells_why() -> None:
    alive, dead = stars_of(galaxy([an_app("alive", 10), an_app("dead", 1, alive=False)]))
    assert (alive.faint, alive.title) == (False, "Firefox Alive: 10 metrics of its own")
    assert (dead.faint, dead.title) == (True, "Firefox Dead: 1 metric of its own, deprecated")


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_no_two_stars_touch_and_none_leaves_the_drawing(width: float) -> None:
    apps = [an_app(f"app number {n}", 6_000 // n, ("desktop", "web")[n % 2]) for n in range(1, 41)]
    chart = galaxy(apps, width)
    assert len(stars_of(chart)) == 40
    assert touching(chart) == []
    assert sticking_out(chart) == []


def test_the_same_apps_make_the_same_map() -> None:
    apps = [an_app(f"n{n}", n * 31 % 17) for n in range(12)]
    assert galaxy(apps) == galaxy(list(reversed(apps)))


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (("fenix", "Firefox for Android"), ("firefox_ios", "Firefox for iOS"), True),
        (
            ("monitor_backend", "Mozilla Monitor (Backend)"),
            ("monitor_cirrus", "Mozilla Monitor (Cirrus)"),
            True,
        ),
        (("a_vpn", "Mozilla VPN"), ("mozillavpn_cirrus", "Mozilla VPN Cirrus Sidecar"), True),
        (("moso_android", "Social Android App"), ("moso_backend", "Social Mastodon Backend"), True),
        (("firefox_desktop", "Firefox for Desktop"), ("firefox_desktop_update", "Update Task"), True),
        (("fenix", "Firefox for Android"), ("focus_android", "Firefox Focus for Android"), False),
        (("firefox_ios", "Firefox for iOS"), ("firefox_reality", "Firefox Reality"), False),
        (("glam", "GLAM"), ("glean_dictionary", "Glean Dictionary"), False),
        (("x_backend", "Backend"), ("y_frontend", "Frontend"), False),  # nothing names a product
    ],
)
def test_apps_are_siblings_where_their_names_say_so(
    one: tuple[str, str], other: tuple[str, str], together: bool
) -> None:
    found = siblings([one, other])
    assert found == ({one[0]: (other[0],), other[0]: (one[0],)} if together else {})


def related_apps() -> list[AppCounts]:
    names = ("desktop", "update", "android", "ios")
    tied = {name: tuple(other for other in names if other != name) for name in names}
    return [
        replace(an_app("desktop", 900), siblings=tied["desktop"]),
        replace(an_app("update", 4), siblings=tied["update"]),
        replace(an_app("android", 300, "android"), siblings=tied["android"]),
        replace(an_app("ios", 20, "ios", alive=False), siblings=tied["ios"]),
        *(an_app(f"other number {n}", 90 - n) for n in range(12)),
    ]


def test_siblings_are_tied_and_stand_near_each_other() -> None:
    chart = galaxy(related_apps())
    assert [(tie.ends, tie.far) for tie in chart.ties] == [
        (("desktop", "android"), True),  # no line leads far to an app that is no longer kept up
        (("desktop", "update"), False),
    ]
    stars = {star.name: star for star in stars_of(chart)}
    update, desktop = stars["update"], stars["desktop"]
    apart = [abs(star.x - desktop.x) + abs(star.y - desktop.y) for star in stars_of(chart)[:13]]
    assert abs(update.x - desktop.x) + abs(update.y - desktop.y) <= sorted(apart)[2]
    assert update.title == "Firefox Update: 4 metrics of its own; belongs by name with 3 other apps"


def test_a_narrow_drawing_has_ties_within_a_platform_only() -> None:
    assert [tie.ends for tie in galaxy(related_apps(), NARROW).ties] == [("desktop", "update")]


@pytest.mark.mirror
def test_every_app_of_the_real_data_has_its_star(mirror_client: FlaskClient) -> None:
    site: Site = mirror_client.application.extensions[EXTENSION]
    apps = {app.name: app for app in all_apps(site)}
    view = galaxy_view(site)
    for chart in (view.wide, view.narrow):
        stars = {star.name: star for star in stars_of(chart)}
        assert stars.keys() == apps.keys()
        assert touching(chart) == []
        assert sticking_out(chart) == []
        faint = {name for name, star in stars.items() if star.faint}
        assert faint == {name for name, app in apps.items() if app.status != "active"}
        assert {"pine", "burnham", "lockwise_ios"} <= faint
        assert {"fenix", "firefox_desktop", "mozregression"}.isdisjoint(faint)
        assert stars["fenix"].radius > stars["firefox_ios"].radius > stars["syncstorage"].radius
    # what gecko brings makes no app larger that uses it
    own = {row.name: row.own for _, rows in view.groups for row in rows}
    assert own["thunderbird_desktop"] is None  # known from schemas only
    for name in ("firefox_desktop", "fenix", "focus_android", "pine"):
        query = {"kind": "metric", "app": name, "status": "active"}
        found = mirror_client.get("/api/v1/metrics", query_string={**query, "size": "1"}).json["total"]
        assert own[name] < found / 2, name
    assert own["firefox_desktop"] > own["fenix"] > own["focus_android"] > 0
