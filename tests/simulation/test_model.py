"""What the model says, and what it leaves to the product."""

from __future__ import annotations

from expertim.simulation.asks import Product
from expertim.simulation.model import world

HOUR = world.HOUR


def life(start: int, state: str = "agreed") -> world.Life:
    lasting = world.new_life(user=1, expert=2, price=0, minutes=60, policy={})
    return lasting | {"start": start, "state": state}


def test_meetings_in_the_way_have_no_order_in_the_rules():
    """O1: they are named. A product that lists one twice is another matter."""
    told = world.new_world()
    told["lives"] = {218: life(10 * HOUR), 191: life(10 * HOUR), 7: life(11 * HOUR), 8: life(10 * HOUR, "rejected")}
    assert world.overlaps(told, life(10 * HOUR), 1, 10 * HOUR) == {191, 218}
    product = Product(cast=None, names={218: "a", 191: "b"})
    assert product._plain({"meetings": ("b", "a")}) == product._plain({"meetings": ("a", "b")})
    assert product._plain({"meetings": ("b", "a", "b")}) != product._plain({"meetings": ("a", "b")})
