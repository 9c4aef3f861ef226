"""`expertim words`: every string can be translated, and no word on a page stands outside gettext."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import django
import pytest
from babel.messages.pofile import read_po
from django.conf import settings as our_settings
from django.core.management import call_command
from jinja2.ext import extract_from_ast

from expertim.foundation.templates import environment
from expertim.site.extraction import extract, untranslated
from expertim.site.management.commands.words import _PLURALS, catalogue_path, missing

PACKAGE = our_settings.PACKAGE


def words(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("words", *arguments, stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def extracted() -> set[str]:
    """Every text that Babel finds in our source, the many beside the one, and what tells two of them apart."""
    return {text for message in extract(PACKAGE).catalogue for text in (*_texts(message.id), message.context or "")}


def _texts(message: Any) -> list[str]:
    return [text for text in (message if isinstance(message, tuple) else (message,)) if text]


@pytest.fixture
def package(tmp_path: Path, settings: Any) -> Path:
    """A package of one room, whose languages are Czech and English."""
    (tmp_path / "expertim" / "room" / "jinja2" / "room").mkdir(parents=True)
    settings.PACKAGE = tmp_path / "expertim"
    settings.DATA_DIR = tmp_path / "var"
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    settings.COMPLETE_LANGUAGES = ("en",)
    return tmp_path / "expertim" / "room"


def page(package: Path, text: str, *, name: str = "page.html") -> None:
    (package / "jinja2" / "room" / name).write_text(text)


def test_our_own_source_has_no_fault() -> None:
    code, said, faults = words("--check")
    assert (code, faults) == (0, "")
    assert int(said.split()[0]) > 500


def test_a_literal_word_in_a_template_fails_and_is_named_with_its_line(package: Path) -> None:
    page(
        package,
        '{% extends "base.html" %}\n{% block content %}\n<h1>{{ _("Kept") }}</h1>\n<p>Left out</p>\n{% endblock %}',
    )
    code, _said, faults = words("--check")
    assert code == 1
    assert faults.splitlines()[0] == "expertim/room/jinja2/room/page.html:4: outside gettext: Left out"


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        "<p>{% if a %}Hello{% endif %}</p>",
        '<img src="{{ a }}" alt="Hello">',
        '<a title="Hello {{ name }}" href="/">{{ name }}</a>',
        '<button aria-label="Hello"></button>',
        '<input placeholder="{% if a %}Hello{% endif %}">',
        '<p>{{ "Hello" if a else _("Bye") }}</p>',
        '<p>{{ name ~ " Hello" }}</p>',
        "<p>{{ n }} Hello</p>",
        "{% raw %}Hello{% endraw %}",
        "{% trans %}a{% endtrans %} Hello",
        "<code>a</code> Hello",
        "<br>Hello",
        '<ul translate="no"><li>a<li>b</ul>Hello',
    ],
)
def test_words_outside_gettext_are_seen(source: str) -> None:
    assert [(fault.line, "Hello" in fault.what) for fault in untranslated(f"\n{source}\n", file="a.html")] == [
        (2, True)
    ]


@pytest.mark.parametrize(
    "source",
    [
        '<p class="big">{{ _("Hello") }}</p>',
        "<p>{% trans name=a %}Hello {{ name }}{% endtrans %}</p>",
        "<p>{% trans n=a %}One{% pluralize %}Many{% endtrans %}</p>",
        '<input class="{{ "wide" if a }}" {{ "checked" if b }} aria-label="{{ _("Hello") }}">',
        "<p>{# Hello #} — · → 12:30 &nbsp;&times;</p>",
        "<style>p { color: red }</style><script>let a = 1</script><code>expertim audit</code>",
        '<bdi translate="no">Expertim <b>x</b> y</bdi>',
        '<form action="{{ url("home") }}" method="post">{{ field(_("Name"), "name") }}</form>',
        '{% set colour = "red" %}<p data-colour="red">{{ colour }}</p>',
    ],
)
def test_what_is_translated_or_unspoken_is_left_alone(source: str) -> None:
    assert untranslated(source, file="a.html") == []


def test_a_mail_in_plain_text_is_read_line_by_line() -> None:
    source = '{{ _("Hello") }}\n\nBye\n{{ url }}\n'
    assert [fault.line for fault in untranslated(source, file="mail.txt")] == [3]


def test_a_broken_template_is_named(package: Path) -> None:
    page(package, "<p>\n{% if %}</p>")
    code, _said, faults = words("--check")
    assert (code, faults.startswith("expertim/room/jinja2/room/page.html:2: not a template")) == (1, True)


@pytest.mark.parametrize(
    "call",
    ["_(name)", '_(f"Hello {name}")', '_("Hello " + name)', 'ngettext("one", many, 2)', 'pgettext("room", name)'],
)
def test_gettext_of_what_is_no_literal_is_named(package: Path, call: str) -> None:
    """Babel passes over it in silence, and the page would speak English for ever."""
    (package / "views.py").write_text(f"\nsaid = {call}\n")
    assert [(fault.line, fault.what.split(":")[0]) for fault in extract(package.parent).faults] == [
        (2, "not a literal")
    ]


@pytest.mark.parametrize(
    "statement",
    ['forms.CharField(label="Name")', 'raise ValidationError(f"No {name}")', 'messages.error(request, "No.")'],
)
def test_words_that_python_puts_onto_a_page_are_seen(package: Path, statement: str) -> None:
    (package / "forms.py").write_text(f"\n{statement}\n")
    assert [(fault.line, "outside gettext" in fault.what) for fault in extract(package.parent).faults] == [(2, True)]


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/jinja2/**/*.*")), ids=lambda path: path.name)
def test_a_page_asks_for_the_strings_that_are_extracted(path: Path, extracted: set[str]) -> None:
    """Both sides cut blanks alike: a string that differs by one would never find its translation."""
    asked = {
        text for *_, message in extract_from_ast(environment().parse(path.read_text())) for text in _texts(message)
    }
    assert asked <= extracted


def test_without_check_the_strings_of_python_and_pages_are_written(package: Path, settings: Any) -> None:
    (package / "views.py").write_text('a = gettext_lazy("Lazy")\nb = ngettext("{n} hour", "{n} hours", n)\n')
    page(package, '<p>{{ _("On a page") }} {% trans name=a %}Dear {{ name }}{% endtrans %}</p>')
    assert words()[0] == 0
    with (settings.DATA_DIR / "messages.pot").open("rb") as file:
        ids = {message.id for message in read_po(file) if message.id}
    assert ids == {"Lazy", ("{n} hour", "{n} hours"), "On a page", "Dear %(name)s"}


def test_a_complete_language_needs_every_string(package: Path, settings: Any) -> None:
    settings.COMPLETE_LANGUAGES = ("en", "cs")
    page(package, '<p>{{ _("Yes") }}</p>\n<p>{{ _("No") }}</p>')
    assert "no catalogue for cs" in words("--check")[2]
    _translate(settings, 'msgid "Yes"\nmsgstr "Ano"\n\nmsgid "No"\nmsgstr ""\n')
    code, _said, faults = words("--check")
    assert (code, faults.splitlines()[0]) == (1, "expertim/room/jinja2/room/page.html:2: cs: not translated: 'No'")
    _translate(settings, 'msgid "Yes"\nmsgstr "Ano"\n\nmsgid "No"\nmsgstr "Ne"\n')
    assert words("--check")[0] == 0


@pytest.mark.parametrize(
    ("translated", "problems"),
    [
        ('msgid "Dear {name}"\nmsgstr "{name}"', 0),
        ('msgid "Dear {name}"\nmsgstr "{jméno}"', 1),
        ('msgid "Dear {name}"\nmsgstr "Vážená"', 1),
        ('#, fuzzy\nmsgid "Dear {name}"\nmsgstr "{name}"', 1),
    ],
)
def test_a_translation_keeps_the_placeholders(package: Path, settings: Any, translated: str, problems: int) -> None:
    (package / "views.py").write_text('a = _("Dear {name}")\n')
    _translate(settings, translated + "\n")
    found = missing(extract(package.parent).catalogue, language="cs", folder=settings.LOCALE_PATHS[0])
    assert len(found) == problems


def test_each_of_the_plural_forms_is_needed(package: Path, settings: Any) -> None:
    """Four in Czech: of one, of a few, of fractions, of many."""
    (package / "views.py").write_text('a = ngettext("one hour", "{n} hours", n)\n')
    forms = ["hodina", "{n} hodiny", "{n} hodiny", "{n} hodin"]
    for said, problems in ((forms, 0), (forms[:3], 1), ([*forms[:2], "", forms[3]], 1), ([""] * 4, 1)):
        plural = "".join(f'msgstr[{number}] "{form}"\n' for number, form in enumerate(said))
        _translate(settings, f'msgid "one hour"\nmsgid_plural "{{n}} hours"\n{plural}')
        found = missing(extract(package.parent).catalogue, language="cs", folder=settings.LOCALE_PATHS[0])
        assert len(found) == problems


def test_a_word_of_two_meanings_has_two_entries(package: Path, settings: Any) -> None:
    page(package, '<p>{{ pgettext("the room", "Leave") }}</p>')
    (package / "views.py").write_text('a = pgettext("the platform", "Leave")\nb = npgettext("time", "one", "{n}", n)\n')
    told = {(message.context, message.id) for message in extract(package.parent).catalogue if message.id}
    assert told == {("the room", "Leave"), ("the platform", "Leave"), ("time", ("one", "{n}"))}
    _translate(settings, 'msgctxt "the room"\nmsgid "Leave"\nmsgstr "Odejít"\n')
    found = missing(extract(package.parent).catalogue, language="cs", folder=settings.LOCALE_PATHS[0])
    assert [fault.what for fault in found] == ["cs: not translated: 'Leave'", "cs: not translated: 'one'"]


def test_a_percent_sign_makes_no_format(package: Path) -> None:
    (package / "views.py").write_text('a = _("fee (% of the price)")\nb = _("%(count)d %% of it")\n')
    formats = [message.id for message in extract(package.parent).catalogue if "python-format" in message.flags]
    assert formats == ["%(count)d %% of it"]
    words("--update")
    assert catalogue_path(our_settings.LOCALE_PATHS[0], "cs").read_text().count("#, python-format") == 1


def _translate(settings: Any, entries: str) -> None:
    folder = settings.LOCALE_PATHS[0] / "cs" / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    head = (
        'msgid ""\nmsgstr ""\n"Language: cs\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {_PLURALS["cs"]}\\n"\n\n'
    )
    (folder / "django.po").write_text(head + entries)


def test_a_language_s_file_is_brought_up_to_the_source_and_keeps_what_was_translated(package: Path) -> None:
    page(package, '<p>{{ _("Old") }}{{ _("Kept") }}</p>')
    assert words("--update")[0] == 0
    path = catalogue_path(our_settings.LOCALE_PATHS[0], "cs")
    path.write_text(path.read_text().replace('msgid "Kept"\nmsgstr ""', 'msgid "Kept"\nmsgstr "Zůstalo"'))
    page(package, '<p>{{ _("Kept") }}{{ _("New") }}</p>')
    assert "2 strings, 1 to be translated" in words("--update")[1]
    with path.open("rb") as file:
        theirs = {message.id: message.string for message in read_po(file, locale="cs") if message.id}
    assert theirs == {"Kept": "Zůstalo", "New": ""}
    before = path.read_bytes()
    words("--update")
    assert path.read_bytes() == before, "a second time changes nothing"


def test_what_nobody_asks_for_any_more_is_named(package: Path, settings: Any) -> None:
    page(package, '<p>{{ _("Old") }}</p>')
    words("--update")
    page(package, '<p>{{ _("New") }}</p>')
    settings.COMPLETE_LANGUAGES = ("en", "de")
    code, _said, faults = words("--check")
    assert code == 1
    assert "de: nobody asks for it: 'Old'" in faults
    assert "de: not translated: 'New'" in faults


@pytest.mark.parametrize("language", ["cs", "sk", "de"])
def test_plural_forms_are_those_of_django_whose_words_are_mixed_with_ours(package: Path, language: str) -> None:
    page(package, "<p>{% trans n=a %}One{% pluralize %}Many{% endtrans %}</p>")
    words("--update")
    ours = catalogue_path(our_settings.LOCALE_PATHS[0], language)
    django_s = Path(django.__file__).parent / "conf" / "locale" / language / "LC_MESSAGES" / "django.po"
    assert _plural_forms(ours) == _plural_forms(django_s)


def _plural_forms(path: Path) -> str:
    head = path.read_text().split("\n\n")[0].replace('"\n"', "")
    found = re.search(r"Plural-Forms: (.+?;.+?;)", head)
    assert found
    return found[1]
