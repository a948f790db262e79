"""In which unit distributions are stored, and how a query turns it into the declared one (faults A2).

Glean sends timing distributions in nanoseconds and memory distributions in bytes, whatever
`time_unit` and `memory_unit` say: these only tell in which unit the code records. A custom
distribution is stored as it is recorded. (Glean book, timing distribution: "the payload"; the
factors are those of the SDK's own conversions, a kilobyte being 1,024 bytes.)
"""

from __future__ import annotations

from dataclasses import dataclass

# declared unit -> (factor as SQL, "" for none; short name)
TIME = {
    "nanosecond": ("", "ns"),
    "microsecond": ("1e3", "us"),
    "millisecond": ("1e6", "ms"),
    "second": ("1e9", "s"),
    "minute": ("6e10", "min"),
    "hour": ("3.6e12", "h"),
    "day": ("8.64e13", "d"),
}
MEMORY = {
    "byte": ("", "bytes"),
    "kilobyte": ("1024", "kb"),
    "megabyte": ("1048576", "mb"),
    "gigabyte": ("1073741824", "gb"),
}
_STORED = {"timing_distribution": ("nanosecond", TIME), "memory_distribution": ("byte", MEMORY)}


@dataclass(frozen=True, slots=True)
class Conversion:
    """From the stored unit to the one that a query gives."""

    divisor: str = ""
    suffix: str = ""  # of the names of outputs: _ms
    sentence: str = ""

    def of(self, expression: str) -> str:
        """An expression in the unit that is shown."""
        return f"{expression} / {self.divisor}" if self.divisor else expression


AS_STORED = Conversion()


def conversion(metric_type: str, declared: str) -> Conversion:
    """How values of a distribution are turned into its declared unit; nothing to do for other types."""
    stored, units = _STORED.get(metric_type.removeprefix("labeled_"), ("", {}))
    if not stored:
        return AS_STORED
    divisor, short = units.get(declared, units[stored])
    if declared not in units:
        return Conversion("", f"_{short}", f"Values are stored and given in {stored}s.")
    if not divisor:
        return Conversion("", f"_{short}", f"Values are stored and given in {stored}s, as declared.")
    said = f"Values are stored in {stored}s; the query gives {declared}s, the declared unit."
    return Conversion(divisor, f"_{short}", said)
