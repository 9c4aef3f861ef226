"""Rooms: what a meeting's room must come to, who sits in the built-in one, what they tell each other, who was there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Room(models.Model):
    """The room of one meeting: what is wanted of it, and what its platform was last brought to."""

    reference = models.BigIntegerField(primary_key=True)  # the meeting's id; this room knows no meetings
    platform = models.CharField(_("platform"), max_length=20)  # fixed when the meeting was agreed
    generation = models.IntegerField()  # of the meeting's date
    wanted = models.BooleanField(_("wanted"))  # False: cancelled, nobody may be in it any more
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    remote = models.JSONField(null=True)  # what the platform calls it
    done_generation = models.IntegerField(null=True)
    done_wanted = models.BooleanField(null=True)
    last_error = models.TextField(_("last error"), default="")
    busy_until = models.DateTimeField(null=True)  # machine's clock: one worker at a time speaks to the platform
    asked_at = models.DateTimeField(null=True)  # machine's clock: when a worker last asked who is there
    told_generation = models.IntegerField(null=True)  # for which date the operators know that it is not in place
    fell_back_at = models.DateTimeField(_("fell back"), null=True)  # from then on both use the built-in room
    last_sequence = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        indexes = [
            models.Index(fields=["opens_at"], condition=models.Q(wanted=True), name="video_rooms_to_come"),
            models.Index(fields=["closes_at"], name="video_rooms_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.reference}"


class Seat(models.Model):
    """One party's place: the page that sits in it, and how often its link was made anew."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="seats", db_index=False)
    party = models.CharField(max_length=6)
    turn = models.SmallIntegerField(default=0)
    session = models.CharField(max_length=32, default="")  # of the page that came last; empty: nobody
    seen_at = models.DateTimeField(null=True)  # machine's clock, written every 20 s

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "party"], name="video_one_seat_a_party")]


class Signal(models.Model):
    """What one page tells the other through the server, and the notes of both; gone a day after the room has closed."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="signals")
    sequence = models.BigIntegerField()
    party = models.CharField(max_length=6)
    session = models.CharField(max_length=32)
    number = models.IntegerField()  # the sender's own: what is sent again after a lost answer is kept once
    target = models.CharField(max_length=32)  # the other page; empty: a note for both
    payload = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "sequence"], name="video_signals_in_order"),
            models.UniqueConstraint(fields=["room", "session", "number"], name="video_signals_once"),
        ]


class Presence(models.Model):
    """That somebody was seen in a room, by whom it was seen; never changed."""

    reference = models.BigIntegerField()
    generation = models.IntegerField()
    party = models.CharField(max_length=6)
    kind = models.CharField(max_length=8)  # joined, present, left, ended
    at = models.DateTimeField()  # the platform's clock
    source = models.CharField(max_length=20)  # the video platform that saw it
    dedupe = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        indexes = [models.Index(fields=["reference", "generation", "at"], name="video_presence_of_meeting")]
        constraints = [
            models.UniqueConstraint(fields=["source", "dedupe"], name="video_presence_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["joined", "present", "left", "ended"]), name="video_presence_kinds"
            ),
        ]


class Hosting(models.Model):
    """Which host of a pool runs a meeting, from when until when it must run no other (Zoom)."""

    reference = models.BigIntegerField(primary_key=True)
    host = models.CharField(_("host"), max_length=100)
    begins = models.DateTimeField()
    ends = models.DateTimeField()

    class Meta:
        verbose_name = _("hosting")
        verbose_name_plural = _("hostings")

    def __str__(self) -> str:
        return f"{self.host} {self.reference}"
