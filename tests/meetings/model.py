"""A second, small telling of a meeting's rules, written from their text: dictionaries and whole numbers.

Moments are whole microseconds, credits whole hundredths, percentages whole hundredths of a percent. It shares nothing
with the core but the words (the StrEnums), so that the two can be held against each other.
"""

from __future__ import annotations

from typing import Any

from expertim.meetings.facts import Act, By, Event, NoticeKind, Payment, Progress, Said, State

MINUTE = 60 * 1_000_000
HOUR = 60 * MINUTE
OTHER = {By.USER: By.EXPERT, By.EXPERT: By.USER}
SETTLED = (Progress.WENT_SMOOTHLY, Progress.NO_SHOW_USER, Progress.NO_SHOW_EXPERT)

Life = dict[str, Any]


class No(Exception):
    """Refused: the key, and what the wording needs."""

    def __init__(self, key: str, **facts: Any) -> None:
        super().__init__(key, facts)
        self.key = key
        self.facts = facts


def new_life(*, price: int, minutes: int, policy: dict[str, int], credits: int) -> Life:
    return {
        "price": price,
        "minutes": minutes,
        "policy": policy,
        "state": None,
        "payment": Payment.NOT_BLOCKED,
        "progress": None,
        "start": None,
        "approved": set(),
        "alternative": None,  # (start, author)
        "said": {},
        "joined": {},  # party: first moment, for the date in force
        "in_force": None,
        "done": set(),  # reminders of the date in force
        "reviewed": False,
        "user": credits,
        "blocked": 0,
        "expert": 0,
        "commission": 0,
        "platform": 0,  # what the platform has given in bonuses, negative
        "blocks": [],  # how each block ended: None while it is open
        "timeline": [],  # (event, by, at)
        "notices": [],  # (kind, to)
        "rooms": [],
    }


def share(amount: int, percent: int) -> int:
    """K4: a share in hundredths of a percent, half up."""
    return (2 * amount * percent + 10_000) // 20_000


# ---------------------------------------------------------------- credits


def block(life: Life) -> None:
    if life["price"] == 0:
        return
    if life["user"] < life["price"]:
        raise No("insufficient_credits", missing=life["price"] - life["user"])
    life["user"] -= life["price"]
    life["blocked"] += life["price"]
    life["blocks"].append(None)
    life["payment"] = Payment.BLOCKED


def end_block(life: Life, fee: int, payment: Payment) -> None:
    """K3: each block ends once; the fee is deducted, the rest returned, the expert paid less commission."""
    if life["payment"] != Payment.BLOCKED:
        return
    assert life["blocks"][-1] is None
    commission = share(fee, life["policy"]["commission"])
    life["blocks"][-1] = (life["price"] - fee, fee)
    life["blocked"] -= life["price"]
    life["user"] += life["price"] - fee
    life["expert"] += fee - commission
    life["commission"] += commission
    life["payment"] = payment if fee else Payment.RETURNED


def event(life: Life, name: Event, by: By, at: int) -> None:
    life["timeline"].append((name, by, at))


def tell(life: Life, kind: NoticeKind, *to: By) -> None:
    life["notices"] += [(kind, party) for party in to]


# ---------------------------------------------------------------- time


def end_of(life: Life) -> int:
    return life["start"] + life["minutes"] * MINUTE


def due(life: Life) -> list[tuple[int, str]]:
    """T1-T6: what time has yet to do, with its moment."""
    policy, state = life["policy"], life["state"]
    found = []
    if state == State.AWAITING:
        found.append((life["start"], "T1"))
    if life["alternative"] is not None:
        found.append((min(life["start"], life["alternative"][0]), "T2"))
    if state == State.AGREED:
        remind = life["start"] - policy["reminder"] * HOUR
        if remind >= life["in_force"]:  # agreed exactly then: sent
            found.append((remind, "T3"))
        link = life["start"] - policy["link"] * MINUTE
        found.append((link if link > life["in_force"] else life["in_force"], "T4"))
        found.append((end_of(life) + policy["evaluation"] * HOUR, "T5"))
        if life["progress"] is None:
            found.append((end_of(life) + policy["settlement"] * HOUR, "T6"))
    return sorted(each for each in found if each[1] not in life["done"])


def pass_time(life: Life, at: int) -> None:
    """T0: all that is due by `at`, in its order; `at` is also when the worker came."""
    while (waiting := due(life)) and waiting[0][0] <= at:
        moment, what = waiting[0]
        TIME[what](life, moment, at)


def expire(life: Life, moment: int, at: int) -> None:
    life["state"] = State.EXPIRED
    end_block(life, 0, Payment.RETURNED)
    event(life, Event.EXPIRED, By.PLATFORM, moment)
    tell(life, NoticeKind.EXPIRED, By.USER, By.EXPERT)


def lapse(life: Life, moment: int, at: int) -> None:
    life["alternative"] = None
    event(life, Event.ALTERNATIVE_LAPSED, By.PLATFORM, moment)
    tell(life, NoticeKind.ALTERNATIVE_LAPSED, By.USER, By.EXPERT)


def remind(life: Life, moment: int, at: int) -> None:
    life["done"].add("T3")
    if life["start"] - at > life["policy"]["link"] * MINUTE:
        tell(life, NoticeKind.REMINDER, By.USER, By.EXPERT)


def link(life: Life, moment: int, at: int) -> None:
    life["done"].add("T4")
    if at < end_of(life):
        tell(life, NoticeKind.LINK, By.USER, By.EXPERT)


def ask_evaluation(life: Life, moment: int, at: int) -> None:
    life["done"].add("T5")
    if at < end_of(life) + life["policy"]["settlement"] * HOUR:
        tell(life, NoticeKind.EVALUATION_REMINDER, *(by for by in OTHER if by not in life["said"]))


def settle_by_time(life: Life, moment: int, at: int) -> None:
    """S5, S6."""
    came = {by for by, when in life["joined"].items() if when < end_of(life)}
    if not life["said"]:
        if came == {By.USER}:
            finish(life, Progress.NO_SHOW_EXPERT, moment)
        elif came == {By.EXPERT}:
            finish(life, Progress.NO_SHOW_USER, moment)
        else:
            finish(life, Progress.WENT_SMOOTHLY, moment)
        return
    ((speaker, said),) = life["said"].items()
    if said == Said.OTHER_FAULT and came == {speaker}:
        finish(life, Progress.NO_SHOW_EXPERT if speaker == By.USER else Progress.NO_SHOW_USER, moment)
    elif said == Said.SMOOTH and speaker == By.EXPERT and came != {By.USER}:
        finish(life, Progress.WENT_SMOOTHLY, moment)
    else:
        dispute(life, moment)


TIME = {
    "T1": expire,
    "T2": lapse,
    "T3": remind,
    "T4": link,
    "T5": ask_evaluation,
    "T6": settle_by_time,
}


def finish(life: Life, progress: Progress, at: int) -> None:
    """S1-S3."""
    fee = {
        Progress.WENT_SMOOTHLY: life["price"],
        Progress.NO_SHOW_USER: share(life["price"], life["policy"]["no_show"]),
        Progress.NO_SHOW_EXPERT: 0,
    }[progress]
    life["progress"] = progress
    end_block(life, fee, Payment.PAID)
    event(life, Event.PROGRESS_EVALUATED, By.PLATFORM, at)
    tell(life, NoticeKind.SETTLED, By.USER, By.EXPERT)


def dispute(life: Life, at: int) -> None:
    """S4."""
    life["progress"] = Progress.DISPUTED
    event(life, Event.PROGRESS_DISPUTED, By.PLATFORM, at)
    tell(life, NoticeKind.DISPUTED, By.USER, By.EXPERT, By.OPERATOR)


# ---------------------------------------------------------------- acts


def perform(life: Life, act: Act, by: By, at: int, typed: dict[str, Any]) -> None:
    """Do what is due, then the act, or raise No; a refused act may leave `life` half done: give it a copy."""
    pass_time(life, at)
    if act != Act.PROPOSE and life["state"] is None:
        raise No("not_possible_now")
    ACTS[act](life, by, at, typed)


def need(condition: bool) -> None:
    if not condition:
        raise No("not_possible_now")


def invalid(field: str, problem: str) -> No:
    return No("invalid", errors=((field, problem),))


def future(life: Life, at: int) -> bool:
    return at < life["start"]


def warn(typed: dict[str, Any]) -> None:
    """O1."""
    if typed["overlaps"] and not typed["acknowledged"]:
        raise No("overlap", meetings=typed["overlaps"])


def seen(typed: dict[str, Any], start: int) -> None:
    """C5."""
    if typed["seen_start"] not in (None, start):
        raise No("terms_changed", start=start)


def propose(life: Life, by: By, at: int, typed: dict[str, Any]) -> None:
    need(life["state"] is None and by in OTHER)
    if typed["start"] <= at:
        raise invalid("start", "past")
    if by == By.USER and (typed["seen_price"], typed["seen_minutes"]) != (life["price"], life["minutes"]):
        raise No("terms_changed", price=life["price"], minutes=life["minutes"])
    warn(typed)
    life["payment"] = Payment.NOT_BLOCKED if life["price"] else Payment.FREE
    if by == By.USER:
        block(life)
    life |= {"state": State.AWAITING, "start": typed["start"], "approved": {by}}
    event(life, Event.APPROVED, by, at)
    tell(life, NoticeKind.PROPOSED, OTHER[by])


def confirm(life: Life, by: By, at: int, typed: dict[str, Any]) -> None:
    need(life["state"] == State.AWAITING and future(life, at) and by in OTHER and by not in life["approved"])
    seen(typed, life["start"])
    warn(typed)
    if by == By.USER:
        block(life)
    life |= {"state": State.AGREED, "approved": {By.USER, By.EXPERT}, "in_force": at}
    event(life, Event.APPROVED, by, at)
    tell(life, NoticeKind.AGREED, By.USER, By.EXPERT)
    life["rooms"].append("create")


def reject(life: Life, by: By, at: int, typed: dict[str, Any]) -> None:
    need(life["state"] == State.AWAITING and future(life, at) and by in OTHER and by not in life["approved"])
    if not typed["listed"]:
        raise invalid("reason", "not_offered")
    life["state"] = State.REJECTED
    end_block(life, 0, Payment.RETURNED)
    event(life, Event.REJECTED, by, at)
    tell(life, NoticeKind.REJECTED, OTHER[by])


def withdraw(life: Life, by: By, at: int, typed: dict[str, Any]) -> None:
    need(life["state"] == State.AWAITING and future(life, at) and by in life["approved"])
    life["state"] = State.CANCELLED
    end_block(life, 0, Payment.RETURNED)
    event(life, Event.CANCELLED, by, at)
    tell(life, NoticeKind.WITHDRAWN, OTHER[by])


def cancel(life: Life, by: By, at: int, typed: dict[str, Any]) -> None:
    need(life["state"] == State.AGREED and future(life, at) and by in OTHER)
    fee = 0
    if by == By.USER:
        if life["start"] - at < life["policy"]["free"] * HOUR:
            fee = share(life["price"], life["policy"]["late"])
        if typed["seen_fee"] is None:
            raise invalid("fee", "required")
    if typed["seen_fee"] not in (None, fee):
        raise No("fee_changed", fee=fee)
    life |= {"state": State.CANCELLED, "alternative": None}
    end_block(life, fee, Payment.REIMBURSED)
    event(life, Event.CANCELLED, by, at)
    if fee:
        event(life, Event.REIMBURSED, By.PLATFORM, at)
    if by == By.EXPERT:
        tell(life, NoticeKind.CANCELLED_BY_EXPERT, By.USER)
    else:
        tell(life, NoticeKind.LATE_CANCELLATION if fee else NoticeKind.CANCELED_BY_USER, By.EXPERT)
    life["rooms"].append("cancel")


def reschedule(life: Life, by: By, at: int, typed: dict[str, Any]) -> None:
    """D1, D2, D3."""
    need(life["state"] in (State.AGREED, State.REJECTED) and by in OTHER)
    need(future(life, at) and life["alternative"] is None)
    if typed["start"] <= at:
        raise invalid("start", "past")
    if life["state"] == State.AGREED and typed["start"] == life["start"]:
        raise invalid("start", "unchanged")
    warn(typed)
    kinds = {
        (State.AGREED, By.USER): NoticeKind.RESCHEDULING_AGREED_BY_USER,
        (State.AGREED, By.EXPERT): NoticeKind.RESCHEDULING_AGREED_BY_EXPERT,
        (State.REJECTED, By.USER): NoticeKind.RESCHEDULING_REJECTED_BY_USER,
        (State.REJECTED, By.EXPERT): NoticeKind.RESCHEDULING_REJECTED_BY_EXPERT,
    }
    kind = kinds[life["state"], by]
    if life["state"] == State.REJECTED and by == By.USER:
        block(life)
        life |= {"state": State.AWAITING, "start": typed["start"], "approved": {by}}
    else:
        life["alternative"] = (typed["start"], by)
    event(life, Event.ALTERNATIVE_SELECTED, by, at)
    event(life, Event.APPROVED, by, at)
    tell(life, kind, OTHER[by])


def open_alternative(life: Life, at: int) -> tuple[int, By]:
    need(life["alternative"] is not None)
    start, author = life["alternative"]
    need(future(life, at) and at < start)
    return start, author


def alternative_confirm(life: Life, by: By, at: int, typed: dict[str, Any]) -> None:
    start, author = open_alternative(life, at)
    need(by == OTHER[author])
    seen(typed, start)
    warn(typed)
    if life["state"] == State.REJECTED:
        block(life)
        life["rooms"].append("create")
    else:
        life["rooms"].append("edit")
    life |= {"state": State.AGREED, "start": start, "alternative": None, "approved": {By.USER, By.EXPERT}}
    life |= {"in_force": at, "done": set(), "joined": {}}
    event(life, Event.ALTERNATIVE_APPROVED, by, at)
    tell(life, NoticeKind.ALTERNATIVE_CONFIRMED, author)


def alternative_reject(life: Life, by: By, at: int, typed: dict[str, Any]) -> None:
    start, author = open_alternative(life, at)
    need(by == OTHER[author])
    if not typed["listed"]:
        raise invalid("reason", "not_offered")
    seen(typed, start)
    life["alternative"] = None
    event(life, Event.ALTERNATIVE_REJECTED, by, at)
    tell(life, NoticeKind.ALTERNATIVE_REJECTED, author)


def alternative_withdraw(life: Life, by: By, at: int, typed: dict[str, Any]) -> None:
    start, author = open_alternative(life, at)
    need(by == author)
    seen(typed, start)
    life["alternative"] = None
    event(life, Event.ALTERNATIVE_CANCELLED, by, at)
    tell(life, NoticeKind.ALTERNATIVE_WITHDRAWN, OTHER[by])


def join(life: Life, by: By, at: int, typed: dict[str, Any]) -> None:
    need(life["state"] == State.AGREED and by in OTHER)
    opens = life["start"] - life["policy"]["opens"] * MINUTE
    closes = end_of(life) + life["policy"]["closes"] * MINUTE
    need(opens <= at < closes)
    if by not in life["joined"]:
        life["joined"][by] = at
        event(life, Event.ATTENDED, by, at)


def evaluate(life: Life, by: By, at: int, typed: dict[str, Any]) -> None:
    need(life["state"] == State.AGREED and at >= end_of(life) and by in OTHER and by not in life["said"])
    said = typed["said"]
    if by == By.EXPERT and typed["stars"] is not None:
        raise invalid("stars", "not_yours")
    if by == By.EXPERT and typed["review"]:
        raise invalid("review", "not_yours")
    if by == By.USER and said == Said.SMOOTH and typed["stars"] is None:
        raise invalid("stars", "required")
    life["said"][by] = said
    event(life, Event.PROGRESS_RECORDED, by, at)
    if typed["review"] and not life["reviewed"]:
        life["user"] += life["policy"]["bonus"]
        life["platform"] -= life["policy"]["bonus"]
    life["reviewed"] = life["reviewed"] or bool(typed["review"])
    if life["progress"] in SETTLED:
        return
    rows = {
        (By.USER, Said.SMOOTH): Progress.WENT_SMOOTHLY,
        (By.USER, Said.MY_FAULT): Progress.NO_SHOW_USER,
        (By.EXPERT, Said.MY_FAULT): Progress.NO_SHOW_EXPERT,
    }
    if (by, said) in rows:
        finish(life, rows[by, said], at)
    elif len(life["said"]) == 2 and life["progress"] is None:
        dispute(life, at)


def settle(life: Life, by: By, at: int, typed: dict[str, Any]) -> None:
    need(by == By.OPERATOR and life["progress"] == Progress.DISPUTED and not typed["by_a_party"])
    if typed["fee"] > life["price"]:
        raise invalid("fee", "out_of_range")
    life["progress"] = typed["outcome"]
    end_block(life, typed["fee"], Payment.PAID)
    event(life, Event.PROGRESS_EVALUATED, By.OPERATOR, at)
    tell(life, NoticeKind.DISPUTE_SETTLED, By.USER, By.EXPERT)


ACTS = {
    Act.PROPOSE: propose,
    Act.CONFIRM: confirm,
    Act.REJECT: reject,
    Act.WITHDRAW: withdraw,
    Act.CANCEL: cancel,
    Act.RESCHEDULE: reschedule,
    Act.ALTERNATIVE_CONFIRM: alternative_confirm,
    Act.ALTERNATIVE_REJECT: alternative_reject,
    Act.ALTERNATIVE_WITHDRAW: alternative_withdraw,
    Act.JOIN: join,
    Act.EVALUATE: evaluate,
    Act.SETTLE: settle,
}
