"""What people do beside their meetings: words between two, who may begin, an expert's pause, the right of reply."""

from __future__ import annotations

from expertim.simulation.model.world import MINUTE, Life, Name, No, World, between, know_each_other

PATIENCE = 3 * MINUTE  # whoever has read by then needs no letter


def new_chat() -> Life:
    return {
        "said": [],  # by whom, under which key, when
        "seen": {},  # who has seen how many of them
        "blocked": set(),  # who has blocked the other
        "reported": set(),  # the numbers of those that their reader has shown to the operators, from 1
        "settled": set(),
        "hidden": set(),
        "letters": [],  # to whom, about which
    }


def is_expert(world: World, person: Name) -> bool:
    return any(offer["expert"] == person for offer in world["offers"].values())


def may_begin(world: World, person: Name, other: Name) -> bool:
    """A user with an expert who lets anybody write; an expert with those they have met; both, once there are words."""
    if person == other:
        return False
    if is_expert(world, person) and know_each_other(world, person, other):
        return True
    return (is_expert(world, other) and other in world["welcome"]) or between(person, other) in world["chats"]


def say(world: World, writer: Name, reader: Name, text: str, key: str, at: int) -> bool:
    """False where the key had said something before. The reader is told where they had nothing unread from them."""
    if not text.replace("\u200b", "").strip():
        raise No("unsaid")
    chat = world["chats"].get(between(writer, reader)) or new_chat()
    if chat["blocked"]:
        raise No("blocked")
    said = chat["said"]
    if any((by, used) == (writer, key) for by, used, _ in said):
        return False
    news = all(by != writer for by, _, _ in said[chat["seen"].get(reader, 0) :])
    said.append((writer, key, at))
    chat["seen"][writer] = len(said)  # whoever answers has read what stands above
    if news:
        chat["letters"].append((reader, len(said)))
    world["chats"][between(writer, reader)] = chat
    return True


def read(chat: Life, person: Name, up_to: int) -> None:
    """Never less than before, never more than there is."""
    if up_to <= len(chat["said"]):
        chat["seen"][person] = max(chat["seen"].get(person, 0), up_to)


def bar(chat: Life, person: Name, yes: bool) -> bool:
    """Block the other, or let them again; False where it was so already."""
    if (person in chat["blocked"]) is yes:
        return False
    (chat["blocked"].add if yes else chat["blocked"].discard)(person)
    return True


def report(chat: Life, person: Name, number: int) -> bool:
    """Show the operators a message of the other's; False for one's own, and where that was done before."""
    if not 0 < number <= len(chat["said"]) or chat["said"][number - 1][0] == person or number in chat["reported"]:
        return False
    chat["reported"].add(number)
    return True


def settle_report(chat: Life, number: int, hide: bool) -> bool:
    """An operator's word on it, once; a hidden message is out of sight, and nobody is written to about it."""
    if number in chat["settled"]:
        return False
    chat["settled"].add(number)
    if hide:
        chat["hidden"].add(number)
    return True


def worth_a_letter(chat: Life, reader: Name, number: int) -> bool:
    return number > chat["seen"].get(reader, 0) and number not in chat["hidden"]


def pause(world: World, expert: Name, until: int | None) -> None:
    """No proposals from users until then."""
    world["paused"][expert] = until


def reply(world: World, expert: Name, user: Name, at: int) -> bool:
    """To words about oneself; their writer is told of the first. False where there are none."""
    if (user, expert) not in world["wrote"]:
        return False
    if (user, expert) not in world["told_of_replies"]:  # once, also if one reply is taken back and another written
        world["told_of_replies"].append((user, expert))
    world["replies"][user, expert] = at
    return True


def take_back(world: World, expert: Name, user: Name) -> bool:
    return world["replies"].pop((user, expert), None) is not None
