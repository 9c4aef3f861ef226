"""The ledger's tables. The application may read them; only `credits_post` writes (credits/sql)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from expertim.credits.moves import WALLET_ACCOUNTS, Account, Kind, Movement

_WALLET = sorted(account.value for account in WALLET_ACCOUNTS)


class Wallet(models.Model):
    """A person's credits in hundredths; made with the person, by a trigger. Its id is the person's."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="wallet")
    available = models.BigIntegerField(_("available"), default=0)
    blocked = models.BigIntegerField(_("blocked"), default=0)

    class Meta:
        verbose_name = _("wallet")
        verbose_name_plural = _("wallets")
        constraints = [
            models.CheckConstraint(condition=Q(available__gte=0), name="credits_available_not_negative"),
            models.CheckConstraint(condition=Q(blocked__gte=0), name="credits_blocked_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}"


class Posting(models.Model):
    """Something that happened to credits, once: `cause` is unique. Its entries sum to zero."""

    kind = models.CharField(_("kind"), max_length=10, choices=[(k.value, k.value) for k in Kind])
    cause = models.CharField(max_length=120, unique=True)
    reference = models.BigIntegerField(null=True)  # the caller's own id (a meeting's); the ledger knows no meetings
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(db_default=Now())
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    by = models.CharField(_("by"), max_length=120, blank=True, default="")
    legs = models.SmallIntegerField()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        indexes = [models.Index(fields=["reference"], name="credits_posting_reference")]
        constraints = [
            models.CheckConstraint(condition=Q(legs__gte=2), name="credits_posting_two_legs"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in Kind]), name="credits_posting_kind"),
            models.CheckConstraint(
                condition=~Q(kind=Kind.GRANT.value) | (~Q(reason="") & ~Q(by="")), name="credits_grant_explained"
            ),
        ]

    def __str__(self) -> str:
        return self.cause


class Entry(models.Model):
    """One leg of a posting. `balance`: the wallet's available + blocked after it."""

    # Its trigger `whole` refuses a leg without a posting, all legs at once (sql/ledger_3.sql).
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries", db_constraint=False)
    account = models.CharField(_("account"), max_length=12, choices=[(a.value, a.value) for a in Account])
    wallet = models.ForeignKey(Wallet, models.PROTECT, null=True, related_name="entries")
    amount = models.BigIntegerField(_("amount"))
    movement = models.CharField(_("movement"), max_length=12, null=True, choices=[(m.value, m.value) for m in Movement])
    balance = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [
            models.Index(fields=["wallet", "-id"], condition=~Q(movement=None), name="credits_movements"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="credits_entry_moves_something"),
            models.CheckConstraint(
                condition=(Q(account__in=_WALLET) & ~Q(wallet=None) & ~Q(balance=None))
                | (
                    Q(account__in=sorted(a.value for a in set(Account) - WALLET_ACCOUNTS))
                    & Q(wallet=None, balance=None, movement=None)
                ),
                name="credits_entry_account",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"


class Block(models.Model):
    """Credits set aside, and how that ended: returned, deducted, or split between the two (K3)."""

    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="blocks")
    reference = models.BigIntegerField()  # the meeting that holds them
    amount = models.BigIntegerField(_("amount"))
    opened_by = models.OneToOneField(Posting, models.PROTECT, related_name="opens")
    closed_by = models.OneToOneField(Posting, models.PROTECT, null=True, related_name="closes")
    returned = models.BigIntegerField(null=True)
    deducted = models.BigIntegerField(null=True)
    paid = models.BigIntegerField(null=True)
    commission = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        indexes = [models.Index(fields=["wallet"], condition=Q(closed_by=None), name="credits_open_blocks")]
        constraints = [
            models.UniqueConstraint(fields=["reference"], condition=Q(closed_by=None), name="credits_one_open_block"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credits_block_amount"),
            models.CheckConstraint(
                condition=Q(closed_by=None, returned=None, deducted=None, paid=None, commission=None)
                | Q(
                    closed_by__isnull=False,
                    returned__gte=0,
                    deducted__gte=0,
                    paid__gte=0,
                    commission__gte=0,
                    amount=F("returned") + F("deducted"),
                    deducted=F("paid") + F("commission"),
                ),
                name="credits_block_ends_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.amount}"
