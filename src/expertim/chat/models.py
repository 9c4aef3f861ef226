"""Words between two people. A chat knows no meeting: whoever may begin one is decided above (site/chatting.py)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from expertim.foundation.ids import public_id

MOST_LETTERS = 2000


class Chat(models.Model):
    """One for each two people, whatever their roles; `low` is who has the smaller id.

    What a side has read is the number of the last message it has been shown.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id, editable=False)
    low = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    high = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(_("begun at"))
    last = models.BigIntegerField(default=0)  # the newest message's number, by which lists are sorted
    low_read = models.BigIntegerField(default=0)
    high_read = models.BigIntegerField(default=0)
    low_blocked_at = models.DateTimeField(null=True)  # when `low` has blocked the other
    high_blocked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="chat_chat_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="chat_chat_of_two"),
        ]
        indexes = [
            models.Index(fields=["low", "-last"], name="chat_of_low"),
            models.Index(fields=["high", "-last"], name="chat_of_high"),
        ]

    def __str__(self) -> str:
        return self.public_id


class Message(models.Model):
    """Text only, never changed; an operator may hide one that was reported."""

    chat = models.ForeignKey(Chat, models.PROTECT, related_name="messages")
    by_low = models.BooleanField()  # so it can be of nobody else
    key = models.CharField(max_length=64)  # of the request: a second click says nothing twice
    text = models.CharField(_("text"), max_length=MOST_LETTERS)
    at = models.DateTimeField(_("said at"))
    hidden_at = models.DateTimeField(_("hidden at"), null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["chat", "by_low", "key"], name="chat_message_once"),
            models.CheckConstraint(condition=Q(text__regex=r"\S"), name="chat_message_says_something"),
        ]
        indexes = [models.Index(fields=["chat", "-id"], name="chat_newest")]

    def __str__(self) -> str:
        return f"{self.chat_id}: {self.pk}"


class Report(models.Model):
    """A message that its reader has shown to the operators."""

    message = models.OneToOneField(Message, models.PROTECT, related_name="report")
    reason = models.CharField(_("what is wrong"), max_length=500)
    at = models.DateTimeField(_("reported at"))
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("reported message")
        verbose_name_plural = _("reported messages")
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, note="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(note="")),
                name="chat_report_settled_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["-id"], condition=Q(settled_at=None), name="chat_reports_open")]

    def __str__(self) -> str:
        return f"{self.message_id}"


class Welcome(models.Model):
    """An expert who lets anybody begin a chat; without the row only those they have met may."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("expert who may be written to")
        verbose_name_plural = _("experts who may be written to")

    def __str__(self) -> str:
        return f"{self.person_id}"
