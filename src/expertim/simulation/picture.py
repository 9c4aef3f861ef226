"""A run as a picture: what happened on each simulated day, what went wrong, and how it came right again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from html import escape

from expertim.simulation.asks import moment
from expertim.simulation.report import Report
from expertim.simulation.scheduler import DAY, HOUR

_LEFT, _WIDTH, _ROW, _GAP, _TOP = 190, 900, 64, 22, 70
_ROWS = (
    ("People: done", "done", "#2e7d4f"),
    ("People: refused", "refused", "#b7791f"),
    ("Beside their meetings", "beside", "#0f766e"),
    ("Time: what was due", "time", "#3b6ea5"),
    ("Mails taken by the wire", "mail", "#6b7280"),
    ("Faults", "fault", "#b3261e"),
    ("Outcome unknown, settled by the database", "unknown", "#7b3fa0"),
)


def picture(report: Report) -> str:
    """The whole SVG; one bar a day and row, as high as its share of the row's highest."""
    days = 1 + max((day for day, _ in report.days), default=0)  # the quiet weeks at the end are not drawn
    height = _TOP + len(_ROWS) * (_ROW + _GAP) + 40
    settings = report.settings
    title = f"{report.meetings} meetings, seed {settings.seed}, {settings.profile}: {report.steps} steps"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 20} {height}" role="img"'
        f' aria-label="{escape(title)}" font-family="sans-serif" font-size="13">',
        f'<rect width="100%" height="100%" fill="#ffffff"/><text x="16" y="28" font-size="17">{escape(title)}</text>',
        f'<text x="16" y="48" fill="#4b5563">{escape(_outcome(report))}</text>',
        *_outages(report, days, height),
        *(line for place, row in enumerate(_ROWS) for line in _row(report, days, place, *row)),
        *_dates(report, days, height),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _outcome(report: Report) -> str:
    faults = report.happened.total()
    held = report.broken or "every rule held"
    return f"{faults} faults injected, {report.mails} mails, {held}; grey: no worker at work"


def _x(report: Report, days: int, at: int) -> float:
    return _LEFT + _WIDTH * min(1.0, max(0.0, (at - report.begin) / (days * DAY)))


def _outages(report: Report, days: int, height: int) -> Iterator[str]:
    for since, until in report.plan.outages:
        left, right = _x(report, days, since), _x(report, days, until)
        hours = (until - since) / HOUR
        yield (
            f'<rect x="{left:.1f}" y="{_TOP - 10}" width="{max(1.5, right - left):.1f}" height="{height - _TOP - 30}"'
            f' fill="#e5e7eb"><title>no worker for {hours:.1f} h</title></rect>'
        )


def _row(report: Report, days: int, place: int, name: str, kind: str, colour: str) -> Iterator[str]:
    base = _TOP + place * (_ROW + _GAP) + _ROW
    counts = [report.days[day, kind] for day in range(days)]
    most, wide = max(1, *counts), _WIDTH / days
    yield f'<text x="16" y="{base - _ROW // 2}">{escape(name.split(", ")[0])}</text>'
    many = f"{sum(counts)}, at most {most} a day"
    yield f'<text x="16" y="{base - _ROW // 2 + 17}" fill="#4b5563" font-size="11">{many}</text>'
    yield f'<line x1="{_LEFT}" y1="{base}" x2="{_LEFT + _WIDTH}" y2="{base}" stroke="#9ca3af"/>'
    for day, count in enumerate(counts):
        if count:
            high = max(2.0, _ROW * count / most)
            yield (
                f'<rect x="{_LEFT + day * wide + 0.5:.1f}" y="{base - high:.1f}" width="{max(1.0, wide - 1):.1f}"'
                f' height="{high:.1f}" fill="{colour}"><title>day {day + 1}: {count}</title></rect>'
            )


def _dates(report: Report, days: int, height: int) -> Iterator[str]:
    for day in range(0, days, max(1, days // 8)):
        words = (moment(report.begin) + timedelta(days=day)).date().isoformat()
        at = _LEFT + _WIDTH * day / days
        yield f'<text x="{at:.1f}" y="{height - 16}" fill="#4b5563" font-size="11">{words}</text>'
