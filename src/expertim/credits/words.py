"""How movements of credits are called (K5)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from expertim.credits.moves import Movement

# the rules' names (K5)
MOVEMENTS: dict[Movement, Promise] = {
    Movement.DEDUCTION: gettext_lazy("Deduction of credits for services"),
    Movement.PAYMENT: gettext_lazy("Payment of credits for services"),
    Movement.BONUS: gettext_lazy("Bonus credits for verbal evaluation"),
    Movement.GRANT: gettext_lazy("Credits granted"),
}
