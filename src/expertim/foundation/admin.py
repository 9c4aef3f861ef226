"""What the rooms' admin pages share: an operator may use them all, and what must not be edited cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

if TYPE_CHECKING:  # the classes take a parameter in the eyes of the type checker only
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[Any, Any]
else:
    _ModelAdmin, _TabularInline = admin.ModelAdmin, admin.TabularInline


class _Operators:
    """Whoever may enter the admin may see and change what stands in it: the operator is one role, not many."""

    may_add: ClassVar[bool] = True
    may_change: ClassVar[bool] = True
    may_delete: ClassVar[bool] = False  # what meetings and credits have referred to stays; it is switched off instead

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_operator(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _is_operator(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_add and _is_operator(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may_change and _is_operator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may_delete and _is_operator(request)


class OperatorAdmin(_Operators, _ModelAdmin):
    """Operators add and change; nothing is deleted."""


class OperatorInline(_Operators, _TabularInline):
    extra = 0


class ReadOnlyAdmin(OperatorAdmin):
    """Operators look and change nothing."""

    may_add = may_change = False
    show_full_result_count = False


class ReadOnlyInline(OperatorInline):
    may_add = may_change = False


def _is_operator(request: HttpRequest) -> bool:
    return request.user.is_active and bool(getattr(request.user, "is_staff", False))
