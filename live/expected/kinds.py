"""Kinds of numbers with a name, as patterns: dates, times, amounts, telephone numbers. Knows nothing else.

Dates and times may also be written without signs, as in the boxes of a form.
"""

from __future__ import annotations

DAYS_BY_MONTHS = (
    ("0?[1-9]|1[0-9]|2[0-9]", "0?[1-9]|1[0-2]"),
    ("30", "0?[13-9]|1[0-2]"),
    ("31", "0?[13578]|1[02]"),
)
"""Days and the months that have them; every February has 29."""
YEAR = "([0-9]{2}|(19|20)[0-9]{2})"


def _dates() -> str:
    """Dates: day and month in either order, with or without a year; year, month, day; the same digits without signs."""
    found = []
    for day, month in DAYS_BY_MONTHS:
        found += [f"({day}){sign}({month}){sign}{YEAR}" for sign in (r"\.", "/", "-")]
        found += [f"({day})\\.({month})\\.?", f"({day})/({month})", f"({month})/({day})/{YEAR}"]
        two, both = day.replace("0?", "0"), month.replace("0?", "0")
        found += [f"(19|20)[0-9]{{2}}-({both})-({two})", f"({two})({both}){YEAR}", f"(19|20)[0-9]{{2}}({both})({two})"]
    return "|".join(found)


def _amounts() -> str:
    """Amounts of money: whole, with thousands in groups of three, with one or two decimals or a dash in their place."""
    whole = "(0|[1-9][0-9]{0,14})"
    ends = r"(\.-|,-|,--|:-)?"
    found = [f"[+-]?{whole}(([.,][0-9]{{1,2}})|{ends})"]
    for thousands, mark in ((r"\.", ","), (",", r"\.")):
        found.append(f"[+-]?[1-9][0-9]{{0,2}}({thousands}[0-9]{{3}}){{1,4}}(({mark}[0-9]{{1,2}})|{ends})")
    return "|".join(found)


HOURS = "([01]?[0-9]|2[0-3])"
KINDS = {
    "date": _dates(),
    "time": f"{HOURS}[:.][0-5][0-9]([:.][0-5][0-9])?|([01][0-9]|2[0-3])[0-5][0-9]",
    "amount": _amounts(),
    # up to 15 digits by ITU-T E.164; six are a short number within a town
    "phone": r"\+?[0-9]([-/.]?[0-9]){5,14}",
}
"""The pattern of each kind."""
