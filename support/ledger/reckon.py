"""Reckons the tickets avoided (FLOOR) of one exported month again, from its rows alone, to the cent.

    python reckon.py [FOLDER]

Needs Python 3.11 and nothing else. It reads the CSV files beside it (or in FOLDER), checks that every case's entries
are legal moves, adds up what the definition counts (docs/deflection.md of the product), and compares the sum with what
the product reported (about.json). It ends with 0 where they agree, with 1 where they do not.
"""

# ruff: noqa: T201 - it is a program of its own

import csv
import json
import sys
from collections import Counter, defaultdict
from fractions import Fraction
from math import sqrt
from pathlib import Path

Z = 1.959964
#: Fewer answers than this, and readers count only as far as they said so.
LEAST_SURVEYS = 30
KINDS = ("D", "F", "M", "V")
#: What an entry says of its case.
STANDS = ("status", "reason", "known", "channel", "entitled")
Row = dict[str, str]


def rows_of(folder: Path, name: str) -> list[Row]:
    with (folder / name).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def wilson(part: int, whole: int) -> tuple[float, float]:
    if whole == 0:
        return 0.0, 1.0
    share, square = part / whole, Z * Z
    centre = (share + square / (2 * whole)) / (1 + square / whole)
    half = Z / (1 + square / whole) * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    return (
        0.0 if part == 0 else max(0.0, centre - half),
        1.0 if part == whole else min(1.0, centre + half),
    )


def newcombe_low(control: tuple[int, int], treatment: tuple[int, int]) -> float:
    """The lower end of the difference of two shares (part, whole)."""
    p_c, p_t = control[0] / control[1], treatment[0] / treatment[1]
    low_c, high_t = wilson(*control)[0], wilson(*treatment)[1]
    return p_c - p_t - sqrt((p_c - low_c) ** 2 + (high_t - p_t) ** 2)


# The rows are what they say they are ----------------------------------------------------------------------------------
def faults(cases: list[Row], entries: list[Row]) -> list[str]:
    """Entries that are no legal move, and cases that do not stand as their last entry says."""
    found, of_case = [], defaultdict(list)
    for entry in entries:
        of_case[entry["case"]].append(entry)
    for case in cases:
        before, last = "", None
        for number, entry in enumerate(sorted(of_case[case["case"]], key=lambda each: int(each["seq"])), 1):
            is_legal = int(entry["seq"]) == number and (before, entry["status"]) not in {
                ("", "credited"),
                ("credited", "pending"),
            }
            if not is_legal or (last is not None and entry["as_of"] < last["as_of"]):
                found.append(f"case {case['case']}: entry {entry['seq']} is no legal move")
            before, last = entry["status"], entry
        if last is None or any(
            last[name] != case[name] for name in ("status", "reason", "known", "channel", "entitled")
        ):
            found.append(f"case {case['case']}: does not stand as its last entry says")
    return found


# FLOOR ----------------------------------------------------------------------------------------------------------------
class Month:
    """One exported month."""

    def __init__(self, folder: Path) -> None:
        self.cases = rows_of(folder, "cases.csv")
        self.entries = rows_of(folder, "entries.csv")
        self.readers = rows_of(folder, "readers.csv")
        self.experiments = rows_of(folder, "experiments.csv")
        self.prices = sorted(rows_of(folder, "prices.csv"), key=lambda row: (row["valid_from"], int(row["number"])))
        contacts = rows_of(folder, "contacts.csv")
        self.mix = Counter(row["channel"] for row in contacts)
        self.unlinkable = sum(row["linkable"] == "no" for row in contacts)
        self.about = json.loads((folder / "about.json").read_text(encoding="utf-8"))

    def price(self, day: str, channel: str) -> Fraction | None:
        """The low price of this channel on this day: of the latest date, and of those the one entered last."""
        found = [row for row in self.prices if row["channel"] == channel and row["valid_from"] <= day]
        return Fraction(found[-1]["low"]) if found else None

    def factor(self, kind: str) -> Fraction:
        """For every contact that we saw, 1 / (1 - m) happened: what is credited is less by that."""
        if kind == "V":
            return Fraction(1)
        own = [case for case in self.cases if case["kind"] == kind]
        credited = sum(case["status"] == "credited" for case in own)
        recontacts = sum(case["status"] == "void" and case["reason"] == "recontact" for case in own)
        contacts = sum(self.mix.values())
        unlinkable = Fraction(self.unlinkable, contacts) if contacts else Fraction(0)
        if not credited or unlinkable >= 1:
            return Fraction(0)
        matured = credited + recontacts
        return matured * (1 - min(Fraction(1), Fraction(recontacts, matured) / (1 - unlinkable))) / credited

    def counting(self, kind: str) -> list[Row]:
        """Credited, of persons who are entitled, and of whom it is known that they would have contacted support."""
        wanted = {"kind": kind, "status": "credited", "known": "contact", "entitled": "yes"}
        return [case for case in self.cases if all(case[name] == value for name, value in wanted.items())]

    def parts(self, kind: str) -> list[tuple[str, str, Fraction]]:
        """(day, channel or "", tickets avoided): what the kind's FLOOR is made of."""
        cases, factor = self.counting(kind), self.factor(kind)
        if kind == "V":
            return [(case["day"], case["channel"], Fraction(1)) for case in cases] + self.of_readers(len(cases))
        if kind == "F":
            return self.of_forms(cases, factor)
        return [(case["day"], case["channel"], factor) for case in cases]

    def of_readers(self, yes: int) -> list[tuple[str, str, Fraction]]:
        """What those readers stand for who were not asked: max(x, E_v x WilsonLow(x, d)), by the days of E_v."""
        cases, shown, answered = (
            sum(int(row[name]) for row in self.readers) for name in ("cases", "shown", "answered")
        )
        if answered < LEAST_SURVEYS or not cases:
            return []
        asked = max(shown, answered)
        low = Fraction(wilson(min(yes, asked), asked)[0])
        more = max(Fraction(0), cases * low - yes)
        return [(row["day"], "", Fraction(int(row["cases"]), cases) * more) for row in self.readers]

    def of_forms(self, cases: list[Row], factor: Fraction) -> list[tuple[str, str, Fraction]]:
        """Confirmed cases; those of a valid experiment's people at most as far as the experiment bears them out."""
        valid = [row for row in self.experiments if row["valid"] == "yes"]
        inside = min(len(cases), sum(int(row["confirmed"]) for row in valid))
        floor = Fraction(0)
        for row in valid:
            low = newcombe_low(
                (int(row["control_tickets"]), int(row["control_people"])),
                (int(row["treatment_tickets"]), int(row["treatment_people"])),
            )
            floor += min(int(row["confirmed"]) * factor, Fraction(max(0.0, int(row["people_of_month"]) * 1.0 * low)))
        whole = (len(cases) - inside) * factor + floor
        return [(case["day"], case["channel"], whole / len(cases)) for case in cases]

    def worth(self, day: str, channel: str) -> Fraction | None:
        """What one ticket less saves: by its channel, else by the month's mix. None where nobody entered a price."""
        if channel:
            return self.price(day, channel)
        everything = sum(self.mix.values())
        prices = [(count, self.price(day, name)) for name, count in self.mix.items()]
        if not prices or any(price is None for _count, price in prices):
            return None
        return sum((Fraction(count, everything) * (price or 0) for count, price in prices), Fraction(0))


def reckon(month: Month) -> tuple[dict[str, int], str | None]:
    """FLOOR by kind, and the money in whole cents as text; None where a price is missing."""
    counts, money, is_known = {}, Fraction(0), True
    for kind in KINDS:
        parts = month.parts(kind)
        whole = sum((part for _day, _channel, part in parts), Fraction(0))
        counts[kind] = int(whole)
        # only whole tickets are paid for
        rounded = Fraction(counts[kind]) / whole if whole else Fraction(0)
        for day, channel, part in parts:
            if part:
                worth = month.worth(day, channel)
                is_known = is_known and worth is not None
                money += part * rounded * (worth or 0)
    cents = money.numerator * 100 // money.denominator
    return counts, f"{cents // 100}.{cents % 100:02d}" if is_known else None


def main(folder: Path) -> int:
    month = Month(folder)
    wrong = faults(month.cases, month.entries)
    for line in wrong:
        print(f"WRONG: {line}")
    counts, money = reckon(month)
    told = month.about["reported"]
    print(f"Month {month.about['month']}, complete up to {month.about['complete_until']}, {len(month.cases)} cases")
    for kind in KINDS:
        print(f"  {kind}: {counts[kind]} tickets avoided (reported {told['floor'][kind]})")
    print(f"  FLOOR: {sum(counts.values())} tickets avoided (reported {sum(told['floor'].values())})")
    reported = "hidden" if told["savings_floor"] is None else f"{told['savings_floor']} {told['currency']}"
    print(f"  savings: {'a price is missing' if money is None else money} (reported {reported})")
    agrees = counts == told["floor"] and told["savings_floor"] in (None, money) and not wrong
    print("The rows say what was reported." if agrees else "The rows do NOT say what was reported.")
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent))
