"""All apps as stars: each as large as the number of its own living metrics, gathered by platform.

Pure and deterministic. The largest star of a platform stands in the middle, the others follow a
spiral around it, or around the first of their siblings, to the first free place; a star and its label
keep clear of all others. Siblings are tied: on a narrow drawing only those of one platform.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import cos, hypot, sin, sqrt

from search_app.web.labels import plural
from search_app.web.maps.text_width import LINE, NAME_SIZE, NOTE_SIZE, Text, balanced, text_width

WIDE, NARROW = 1180.0, 358.0  # widths of the drawing: for a screen, for a phone
PER_ROOT = 1.75  # radius of a star: this times the square root of its number of metrics
SMALLEST = 3.5
HOLDS_LABEL = 42.0  # from this radius on the label stands inside
LABEL_ROOM = 122.0
CLEAR = 5.0  # between two stars with their labels
RINGED = 4  # fewer stars have no orbits
HEADING = 40.0
BETWEEN = 34.0  # between platforms
BEND = 0.12  # of a tie between platforms: this share of its length
REACH, STEP = 2.6, 0.16  # of the spiral: outwards for each radian, and radians from one try to the next
GROUPS = {
    "desktop": "Desktop",
    "android": "Android",
    "ios": "iOS",
    "web": "Web",
    "server": "Servers",
    "other": "Others",
}


@dataclass(frozen=True, slots=True)
class AppCounts:
    """What the galaxy needs to know of an app."""

    name: str
    title: str
    url: str
    platform: str
    metrics: int | None  # that the app itself defines and that are collected now; None: not published
    alive: bool
    state: str = ""  # in words, for the title
    siblings: tuple[str, ...] = ()  # names of apps that belong to the same product


@dataclass(frozen=True, slots=True)
class Star:
    """One app."""

    name: str
    url: str
    title: str
    x: float
    y: float
    radius: float
    texts: tuple[Text, ...]  # centred at their x
    faint: bool
    left: float
    top: float
    right: float
    bottom: float

    @property
    def small(self) -> bool:
        """Whether the label stands below."""
        return self.radius < HOLDS_LABEL

    def moved(self, dx: float, dy: float) -> Star:
        """The same star elsewhere."""
        return replace(
            self,
            x=self.x + dx, y=self.y + dy,
            left=self.left + dx, right=self.right + dx, top=self.top + dy, bottom=self.bottom + dy,
            texts=tuple(replace(text, x=text.x + dx, y=text.y + dy) for text in self.texts),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ring:
    """An orbit behind the stars of a platform."""

    x: float
    y: float
    rx: float
    ry: float


@dataclass(frozen=True, slots=True)
class Constellation:
    """The apps of one platform."""

    label: Text
    count: int
    stars: tuple[Star, ...]
    rings: tuple[Ring, ...]
    width: float
    height: float

    def moved(self, dx: float, dy: float) -> Constellation:
        """The same stars elsewhere."""
        return replace(
            self,
            label=replace(self.label, x=self.label.x + dx, y=self.label.y + dy),
            stars=tuple(star.moved(dx, dy) for star in self.stars),
            rings=tuple(replace(ring, x=ring.x + dx, y=ring.y + dy) for ring in self.rings),
        )


@dataclass(frozen=True, slots=True)
class Tie:
    """A line between two siblings, as an SVG path from rim to rim."""

    path: str
    ends: tuple[str, str]  # names of the apps
    far: bool  # between two platforms


@dataclass(frozen=True, slots=True)
class Galaxy:
    """The map of all apps."""

    width: float
    height: float
    constellations: tuple[Constellation, ...]
    ties: tuple[Tie, ...]


def radius(metrics: int | None) -> float:
    """The area of a star grows with its metrics; the smallest can still be seen and hit."""
    return max(SMALLEST, PER_ROOT * sqrt(metrics or 0))


def galaxy(apps: Iterable[AppCounts], width: float = WIDE) -> Galaxy:
    """Places for all apps in a drawing of this width."""
    by_platform: dict[str, list[AppCounts]] = {name: [] for name in GROUPS}
    apps = tuple(apps)
    for app in apps:
        by_platform[app.platform if app.platform in GROUPS else "other"].append(app)
    groups = [_constellation(GROUPS[name], each, width) for name, each in by_platform.items() if each]
    rows: list[list[Constellation]] = []
    for group in groups:
        used = sum(each.width + BETWEEN for each in rows[-1]) if rows else width
        if rows and used + group.width <= width:
            rows[-1].append(group)
        else:
            rows.append([group])
    placed: list[Constellation] = []
    y = 0.0
    for row in rows:
        tallest = max(each.height for each in row)
        gap = (width - sum(each.width for each in row)) / (len(row) + 1)
        x = gap
        for each in row:
            placed.append(each.moved(x, y + (tallest - each.height) / 2))
            x += each.width + gap
        y += tallest + BETWEEN
    ties = tuple(_ties(apps, placed))
    return Galaxy(width, y - BETWEEN, tuple(placed), ties if width > NARROW else _near(ties))


def _near(ties: Iterable[Tie]) -> tuple[Tie, ...]:
    return tuple(tie for tie in ties if not tie.far)


def _ties(apps: Iterable[AppCounts], groups: Sequence[Constellation]) -> Iterator[Tie]:
    """Each sibling tied to the largest of its platform, these to the largest of all if both are kept up."""
    stars = {star.name: (star, group.label.text) for group in groups for star in group.stars}
    ranked = sorted(apps, key=_rank)
    of_product: dict[str, str] = {}  # app -> the largest of its product
    of_platform: dict[tuple[str, str], str] = {}  # the product's largest and a platform -> the largest there
    for app in ranked:
        hub = of_product.setdefault(app.name, app.name)
        of_product |= {name: of_product.get(name, hub) for name in app.siblings}
        star, platform = stars[app.name]
        near = of_platform.setdefault((hub, platform), app.name)
        other = near if near != app.name else hub
        hub_star, hub_platform = stars[other]
        far = hub_platform != platform
        if other != app.name and not (far and (star.faint or hub_star.faint)):
            yield _tie(hub_star, star, far)


def _tie(one: Star, other: Star, far: bool) -> Tie:
    dx, dy = other.x - one.x, other.y - one.y
    length = hypot(dx, dy)
    start, end = (one.radius + CLEAR) / length, 1 - (other.radius + CLEAR) / length
    bend = BEND * length if far else 0.0  # upwards, so that lines between platforms leave names alone
    middle = f"{one.x + dx / 2:.1f} {one.y + dy / 2 - bend:.1f}"
    first, last = (f"{one.x + share * dx:.1f} {one.y + share * dy:.1f}" for share in (start, end))
    return Tie(f"M{first}Q{middle} {last}", (one.name, other.name), far)


def _rank(app: AppCounts) -> tuple[int, str]:
    return -(app.metrics or 0), app.name


def _families(apps: Iterable[AppCounts]) -> Iterator[tuple[AppCounts, str]]:
    """The apps from the largest down, each followed by its siblings, with the name of the first of them."""
    left = {app.name: app for app in sorted(apps, key=_rank)}
    while left:
        first = left.pop(next(iter(left)))
        yield first, ""
        for name in [name for name in left if name in first.siblings]:
            yield left.pop(name), first.name


def _constellation(label: str, apps: Sequence[AppCounts], room: float) -> Constellation:
    """The stars of one platform around the largest, the upper left corner at 0, 0."""
    stretch = 1.1 if room > 2 * NARROW else 0.62
    stars: list[Star] = []
    for app, sibling in _families(apps):
        near = next((star for star in stars if star.name == sibling), None)
        star = _star(app).moved(near.x, near.y) if near else _star(app)
        stars.append(_first_free(star, stars, stretch, room))
    left, right = min(star.left for star in stars), max(star.right for star in stars)
    top, bottom = min(star.top for star in stars), max(star.bottom for star in stars)
    wide = max(right - left, text_width(f"{label} {len(apps)}", NAME_SIZE) + 20)
    moved = tuple(star.moved(-left + (wide - right + left) / 2, HEADING - top) for star in stars)
    heart = moved[0]
    height = HEADING + bottom - top
    reach_x = min(heart.x, wide - heart.x) - heart.radius
    reach_y = min(heart.y - HEADING, height - heart.y) - heart.radius
    rings = tuple(
        Ring(heart.x, heart.y, heart.radius + share * reach_x, heart.radius + share * reach_y)
        for share in (0.5, 0.95)
        if len(apps) >= RINGED
    )
    return Constellation(Text(wide / 2, 20, label, "group"), len(apps), moved, rings, wide, height)


def _first_free(star: Star, others: Sequence[Star], stretch: float, room: float) -> Star:
    """The star at the first place along the spiral where it meets no other and keeps within the room."""
    taken = [(o.left - CLEAR, o.right + CLEAR, o.top - CLEAR, o.bottom + CLEAR) for o in others]
    leftmost = min((other.left for other in others), default=star.left)
    rightmost = max((other.right for other in others), default=star.right)
    turn = 0.0
    while True:
        dx, dy = REACH * turn * cos(turn) * stretch, REACH * turn * sin(turn)
        left, right, top, bottom = star.left + dx, star.right + dx, star.top + dy, star.bottom + dy
        if max(right, rightmost) - min(left, leftmost) <= room and not any(
            left < o_right and o_left < right and top < o_bottom and o_top < bottom
            for o_left, o_right, o_top, o_bottom in taken
        ):
            return star.moved(dx, dy)
        turn += STEP / max(1.0, turn / 12)


def _star(app: AppCounts) -> Star:
    """A star at 0, 0 with its label: inside where it is large, else below."""
    size = radius(app.metrics)
    note = "?" if app.metrics is None else f"{app.metrics:,}"
    inside = size >= HOLDS_LABEL
    lines = balanced(app.title, 1.5 * size if inside else LABEL_ROOM, NAME_SIZE)
    height = (len(lines) + 1) * LINE
    first = (-height / 2 if inside else size + 2) + LINE - 4
    texts = tuple(
        Text(0, first + number * LINE, line, css)
        for number, (line, css) in enumerate([*((line, "") for line in lines), (note, "note")])
    )
    half = max(size, *(text_width(line, NAME_SIZE) / 2 for line in lines), text_width(note, NOTE_SIZE) / 2)
    count = f"{note} {'metric' if app.metrics == 1 else 'metrics'} of its own"
    if app.metrics is None:
        count = "its definitions are not published"
    title = f"{app.title}: {count}" + (f", {app.state}" if app.state else "")
    if app.siblings:
        title += f"; belongs by name with {plural(len(app.siblings), 'other app')}"
    bottom = size if inside else size + 2 + height
    return Star(app.name, app.url, title, 0, 0, size, texts, not app.alive, -half, -size, half, bottom)
