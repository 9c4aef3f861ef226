"""Words between two people: who reads what, who cannot write, what stays."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from expertim.chat import actions, queries
from expertim.chat.models import Message, Report
from expertim.people.models import Person
from tests.world import person, together, unique

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def two() -> tuple[Person, Person]:
    return person("ulla"), person("erin")


def say(writer: Person, reader: Person, text: str = "Good morning", key: str = "") -> actions.Said | None:
    return actions.say(writer=writer.pk, reader=reader.pk, text=text, key=key or unique("key"))


def chat_of(one: Person, other: Person) -> str:
    found = queries.chat_with(person=one.pk, other=other.pk)
    assert found is not None
    return found


def test_both_have_one_chat_whoever_begins(two):
    ulla, erin = two
    first, second = say(ulla, erin), say(erin, ulla)
    assert first is not None
    assert second is not None
    assert first.chat == second.chat == chat_of(ulla, erin) == chat_of(erin, ulla)


def test_each_sees_the_words_from_their_own_side(two):
    ulla, erin = two
    say(ulla, erin, "Is there time on Friday?")
    say(erin, ulla, "At ten.")
    for me, other, mine in ((ulla, erin, [True, False]), (erin, ulla, [False, True])):
        opened = queries.opened(person=me.pk, chat=chat_of(me, other))
        assert opened is not None
        assert [message.text for message in opened.messages] == ["Is there time on Friday?", "At ten."]
        assert [message.mine for message in opened.messages] == mine
        assert opened.other.name == other.name


def test_nobody_else_finds_it(two):
    say(*two)
    stranger = person("mallory")
    assert queries.opened(person=stranger.pk, chat=chat_of(*two)) is None
    assert queries.chats(person=stranger.pk) == ((), None)
    assert not actions.block(person=stranger.pk, chat=chat_of(*two), yes=True)


def test_unread_until_shown_and_never_again_less(two):
    ulla, erin = two
    numbers = [said.message for said in (say(ulla, erin, str(n)) for n in range(3)) if said]
    chat = chat_of(erin, ulla)
    assert queries.chats(person=erin.pk)[0][0].unread == 3
    actions.mark_read(person=erin.pk, chat=chat, up_to=numbers[1])
    assert queries.chats(person=erin.pk)[0][0].unread == 1
    actions.mark_read(person=erin.pk, chat=chat, up_to=numbers[0])
    actions.mark_read(person=erin.pk, chat=chat, up_to=numbers[2] + 1)  # no such message yet
    assert queries.chats(person=erin.pk)[0][0].unread == 1
    assert queries.chats(person=ulla.pk)[0][0].unread == 0


def test_whoever_answers_has_read(two):
    ulla, erin = two
    say(ulla, erin)
    say(erin, ulla)
    assert queries.chats(person=erin.pk)[0][0].unread == 0


def test_only_the_first_unread_words_are_news(two):
    ulla, erin = two
    assert [said.news for said in (say(ulla, erin), say(ulla, erin)) if said] == [True, False]
    last = say(ulla, erin)
    assert last is not None
    actions.mark_read(person=erin.pk, chat=chat_of(erin, ulla), up_to=last.message)
    again = say(ulla, erin)
    assert again is not None
    assert again.news


def test_a_second_click_says_nothing_twice(two):
    ulla, erin = two
    assert say(ulla, erin, key="k") is not None
    assert say(ulla, erin, key="k") is None
    assert say(erin, ulla, key="k") is not None  # the other's keys are the other's
    assert Message.objects.filter(chat__public_id=chat_of(ulla, erin)).count() == 2


def test_two_who_begin_at_once_share_one_chat(two):
    ulla, erin = two
    said = together(2, lambda n: say(ulla, erin) if n else say(erin, ulla), values=True)
    assert len({one.chat for one in said}) == 1
    opened = queries.opened(person=ulla.pk, chat=chat_of(ulla, erin))
    assert opened is not None
    assert len(opened.messages) == 2


@pytest.mark.parametrize("text", ["", "   \n ", "\u200b\u200d", "x" * 2001])
def test_nothing_and_too_much_are_not_said(two, text):
    with pytest.raises(actions.Unsaid):
        say(*two, text)
    assert queries.chat_with(person=two[0].pk, other=two[1].pk) is None


def test_blocked_neither_writes_and_each_learns_who_blocked(two):
    ulla, erin = two
    say(ulla, erin)
    chat = chat_of(ulla, erin)
    assert actions.block(person=erin.pk, chat=chat, yes=True)
    assert not actions.block(person=erin.pk, chat=chat, yes=True)
    with pytest.raises(actions.Blocked) as refused:
        say(ulla, erin)
    assert not refused.value.by_me
    with pytest.raises(actions.Blocked) as refused:
        say(erin, ulla)
    assert refused.value.by_me
    assert not actions.block(person=ulla.pk, chat=chat, yes=False)  # not hers to lift
    assert actions.block(person=erin.pk, chat=chat, yes=False)
    assert say(ulla, erin) is not None


def test_the_database_lets_no_message_into_a_blocked_chat(two):
    say(*two)
    actions.block(person=two[1].pk, chat=chat_of(*two), yes=True)
    with pytest.raises(IntegrityError, match="is blocked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO chat_message (chat_id, by_low, key, text, at)"
            " SELECT id, true, 'raw', 'in spite of it', now() FROM chat_chat WHERE public_id = %s",
            [chat_of(*two)],
        )


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE chat_message SET text = 'never said' WHERE id = %s",
        "UPDATE chat_message SET by_low = NOT by_low WHERE id = %s",
        "UPDATE chat_message SET at = at - interval '1 day' WHERE id = %s",
        "DELETE FROM chat_message WHERE id = %s",
    ],
)
def test_what_was_said_stays(two, attack):
    said = say(*two)
    assert said is not None
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack, [said.message])


def test_a_report_shows_one_message_to_the_operators_once(two):
    ulla, erin = two
    mine, theirs = say(ulla, erin, "mine"), say(erin, ulla, "theirs")
    assert mine is not None
    assert theirs is not None
    report = {"person": ulla.pk, "chat": theirs.chat, "reason": "An insult"}
    assert not actions.report(**report, message=mine.message)  # one's own words
    assert actions.report(**report, message=theirs.message)
    assert not actions.report(**report, message=theirs.message)
    assert not actions.report(**(report | {"person": person("mallory").pk}), message=theirs.message)
    row = next(row for row in queries.reports(settled=False)[0] if row.reason == "An insult")
    assert (row.text, row.writer.name, row.reader.name) == ("theirs", erin.name, ulla.name)


def test_a_hidden_message_is_nobody_s_to_read_and_its_report_is_settled_once(two):
    ulla, erin = two
    said = say(ulla, erin, "something vile")
    assert said is not None
    actions.report(person=erin.pk, chat=said.chat, message=said.message, reason="vile")
    report, operator = Report.objects.get(message=said.message).pk, person("operator")
    assert actions.settle(report=report, by=operator.pk, note="It is.", hide=True)
    assert not actions.settle(report=report, by=operator.pk, note="Again.", hide=False)
    for me in two:
        opened = queries.opened(person=me.pk, chat=said.chat)
        assert opened is not None
        assert (opened.messages[0].text, opened.messages[0].hidden) == ("", True)
        assert queries.chats(person=me.pk)[0][0].preview == ""
    assert queries.is_read(message=said.message)  # no letter about it any more


def test_lists_go_on_where_they_stopped(two):
    ulla, _erin = two
    others = [person(f"other{n}") for n in range(queries.PAGE + 2)]
    for other in others:
        say(other, ulla)
    first, more = queries.chats(person=ulla.pk)
    rest, end = queries.chats(person=ulla.pk, before=more)
    assert [row.other.id for row in (*first, *rest)] == [other.pk for other in reversed(others)]
    assert end is None


def test_older_words_are_asked_for_upwards_and_new_ones_downwards(two):
    ulla, erin = two
    numbers = [said.message for said in (say(ulla, erin, str(n)) for n in range(queries.MESSAGES + 3)) if said]
    chat = chat_of(ulla, erin)
    newest = queries.opened(person=ulla.pk, chat=chat)
    assert newest is not None
    assert newest.messages[-1].id == newest.newest == numbers[-1]
    older = queries.opened(person=ulla.pk, chat=chat, before=newest.older)
    assert older is not None
    assert [message.id for message in older.messages] == numbers[:3]
    assert older.older is None
    news = queries.opened(person=ulla.pk, chat=chat, after=numbers[-3])
    assert news is not None
    assert [message.id for message in news.messages] == numbers[-2:]


def test_an_expert_s_welcome_is_switched(two):
    _ulla, erin = two
    for yes in (True, True, False, False):
        actions.welcome(person=erin.pk, yes=yes)
        assert queries.is_welcome(expert=erin.pk) is yes
