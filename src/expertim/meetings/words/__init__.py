"""What the pages say about meetings: every word of this room, in one place. Codes go in, sentences come out."""

from expertim.foundation.numbers import credit_words
from expertim.meetings.words.acts import act_name, acts_in_order, button, consequences, question
from expertim.meetings.words.done import done, done_before
from expertim.meetings.words.events import event_words
from expertim.meetings.words.labels import PAYMENTS, PROGRESS, STATES, outcomes, said_words
from expertim.meetings.words.money import cancelling_words, money_words
from expertim.meetings.words.notices import notice_words
from expertim.meetings.words.overtaken import by_the_link, why_not
from expertim.meetings.words.proposing import button_of_a_proposal
from expertim.meetings.words.refusals import Refusal, field_problem, refusal_words
from expertim.meetings.words.speaking import both_clocks
from expertim.meetings.words.standing import short_state, state_line

__all__ = [
    "PAYMENTS",
    "PROGRESS",
    "STATES",
    "Refusal",
    "act_name",
    "acts_in_order",
    "both_clocks",
    "button",
    "button_of_a_proposal",
    "by_the_link",
    "cancelling_words",
    "consequences",
    "credit_words",
    "done",
    "done_before",
    "event_words",
    "field_problem",
    "money_words",
    "notice_words",
    "outcomes",
    "question",
    "refusal_words",
    "said_words",
    "short_state",
    "state_line",
    "why_not",
]
