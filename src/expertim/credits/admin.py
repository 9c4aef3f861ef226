"""The ledger, to look at: nobody writes it by hand."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from expertim.credits.models import Block, Entry, Posting, Wallet
from expertim.foundation.admin import ReadOnlyAdmin, ReadOnlyInline
from expertim.foundation.amounts import amount_text


def _credits(value: int | None) -> str:
    return "" if value is None else amount_text(value)


@admin.register(Wallet)
class WalletAdmin(ReadOnlyAdmin):
    list_display = ("person", "available_credits", "blocked_credits")
    list_select_related = ("person",)
    search_fields = ("person__name", "person__email")
    ordering = ("person_id",)
    fields = ("person", "available_credits", "blocked_credits")
    readonly_fields = ("available_credits", "blocked_credits")

    @admin.display(description=_("available"), ordering="available")
    def available_credits(self, wallet: Wallet) -> str:
        return _credits(wallet.available)

    @admin.display(description=_("blocked"), ordering="blocked")
    def blocked_credits(self, wallet: Wallet) -> str:
        return _credits(wallet.blocked)


class EntryInline(ReadOnlyInline):
    model = Entry
    fields = ("account", "wallet", "credits", "movement", "balance_after")
    readonly_fields = ("credits", "balance_after")

    @admin.display(description=_("amount"))
    def credits(self, entry: Entry) -> str:
        return _credits(entry.amount)

    @admin.display(description=_("balance after it"))
    def balance_after(self, entry: Entry) -> str:
        return _credits(entry.balance)


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = ("cause", "kind", "at", "reason", "by")
    list_filter = ("kind",)
    search_fields = ("cause", "reason", "by")
    ordering = ("-id",)
    fields = ("cause", "kind", "reference", "at", "recorded_at", "reason", "by")
    inlines = (EntryInline,)


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    list_display = ("reference", "wallet", "credits", "ended")
    list_filter = (("closed_by", admin.EmptyFieldListFilter),)
    ordering = ("-id",)
    fields = ("reference", "wallet", "credits", "ended", "opened_by", "closed_by")
    readonly_fields = ("credits", "ended")

    @admin.display(description=_("amount"))
    def credits(self, block: Block) -> str:
        return _credits(block.amount)

    @admin.display(description=_("how it ended"))
    def ended(self, block: Block) -> str:
        if block.returned is None:
            return str(_("still open"))
        return str(_("returned %(returned)s, deducted %(deducted)s")) % {
            "returned": _credits(block.returned),
            "deducted": _credits(block.deducted),
        }
