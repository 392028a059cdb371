"""What a customer may change. Each function checks the request and builds the whole list for Stripe."""

import os
import re

PLANS = {"monthly": os.environ["MONTHLY_PRICE"], "yearly": os.environ["YEARLY_PRICE"]}
LAMPS = {"price": os.environ["LAMP_PRICE"], "stock": 5}
ADD_ONS = {
    "gift_wrap": {"name": "Gift wrap", "unit_amount": 500},
    "warranty": {"name": "Extended warranty", "unit_amount": 2000},
}
CART = [{"price": price, "quantity": 1} for price in (PLANS["monthly"], LAMPS["price"])]


class Refusal(Exception):
    """Nothing was changed. `message` is for the customer, `code` for the page's program."""

    def __init__(self, status, message="We couldn't process your request. Please try again later.", code=None):
        code = {"code": code} if code else {}
        self.answer = status, {"type": "error", "message": message, **code}


def is_id(text, prefix):
    return isinstance(text, str) and text.startswith(prefix) and re.fullmatch(r"\w{1,255}", text, re.ASCII)


def keep(items, changed=None, **more):
    """Keeps items by their IDs, `changed` with new values. Stripe removes items that are left out."""
    return [{"id": item.id, **(more if item.id == changed else {})} for item in items]


def change_interval(fields):
    interval = fields.get("interval")
    if interval not in ["monthly", "yearly"]:
        raise Refusal(400)

    def change(items):
        plans = [item.id for item in items if item.price.id in PLANS.values()]
        if not plans:
            raise Refusal(400)
        return keep(items, plans[0], price=PLANS[interval])

    return change


def set_quantity(fields):
    line_item, quantity = fields.get("line_item"), fields.get("quantity")
    if not is_id(line_item, "li_") or type(quantity) is not int or not 0 <= quantity <= 10:
        raise Refusal(400)

    def change(items):
        if LAMPS["price"] not in [item.price.id for item in items if item.id == line_item]:
            raise Refusal(400)
        if quantity > LAMPS["stock"]:
            raise Refusal(400, f"Only {LAMPS['stock']} of these are left.", "out_of_stock")
        if quantity == 0:
            return keep([item for item in items if item.id != line_item])
        return keep(items, line_item, quantity=quantity)

    return change


def set_add_on(fields):
    product_id, selected = fields.get("product_id"), fields.get("selected", True)
    if product_id not in list(ADD_ONS) or type(selected) is not bool:
        raise Refusal(400)

    def change(items):
        others = [item for item in items if getattr(item.metadata, "product_id", None) != product_id]
        if not selected or len(others) < len(items):
            return keep(items if selected else others)
        price_data = {
            "currency": "usd",
            "product_data": {"name": ADD_ONS[product_id]["name"]},
            "unit_amount": ADD_ONS[product_id]["unit_amount"],
        }
        return [*keep(items), {"price_data": price_data, "quantity": 1, "metadata": {"product_id": product_id}}]

    return change


# Each checks what the page sent and returns a function from the session's items to the new list.
UPDATES = {
    "/change-subscription-interval": change_interval,
    "/update-line-item-quantity": set_quantity,
    "/update-custom-amount": set_add_on,
}
