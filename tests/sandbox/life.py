"""Stripe's Python client runs the whole life of a session against the sandbox whose address is in SANDBOX_URL."""

import os
import unittest
from decimal import Decimal

import stripe

URL = os.environ["SANDBOX_URL"]


def client(key="sk_test_python", retries=0):
    return stripe.StripeClient(key, base_addresses={"api": URL}, max_network_retries=retries)


SESSIONS = client().v1.checkout.sessions


def create(**more):
    params = {
        "ui_mode": "elements",
        "mode": "payment",
        "return_url": "https://shop.example/return",
        "line_items": [{"price": "price_mug", "quantity": 1}],
    }
    return SESSIONS.create({**params, **more})


def items(session_id):
    return SESSIONS.line_items.list(session_id, {"limit": 100}).data


class Life(unittest.TestCase):
    def test_create_and_retrieve(self):
        made = create(
            customer_email="ada@shop.example",
            discounts=[{"coupon": "FIVE"}],
            metadata={"visitor": "v_1"},
            shipping_address_collection={"allowed_countries": ["US"]},
            shipping_options=[{"shipping_rate": "shr_standard"}],
            expand=["line_items"],
        )
        self.assertEqual(made.amount_total, 1500 - 500 + 500)
        self.assertEqual(made.line_items.data[0].price.id, "price_mug")
        self.assertTrue(made.client_secret.startswith(made.id + "_secret_"))
        found = SESSIONS.retrieve(made.id)
        self.assertEqual((found.id, found.status, found.metadata["visitor"]), (made.id, "open", "v_1"))
        self.assertNotIn("line_items", found)

    def test_change_a_plan_and_keep_the_rest(self):
        plan = {"price": "price_monthly", "quantity": 1}
        made = create(mode="subscription", line_items=[plan, {"price": "price_mug", "quantity": 2}])
        first, second = items(made.id)
        updated = SESSIONS.update(
            made.id, {"line_items": [{"id": first.id, "price": "price_yearly"}, {"id": second.id}]}
        )
        self.assertEqual(updated.amount_total, 10000 + 3000)
        self.assertEqual([item.id for item in items(made.id)], [first.id, second.id])

    def test_every_way_to_update(self):
        made = create(metadata={"a": "1", "b": "2"})
        mug = items(made.id)[0]
        price_data = {
            "currency": "usd",
            "product_data": {"name": "Gift wrap", "images": ["https://shop.example/w.png"], "unit_label": "sheet"},
            "tax_behavior": "exclusive",
            "unit_amount_decimal": Decimal("12.345678901234"),
        }
        rate = {
            "display_name": "Courier",
            "type": "fixed_amount",
            "fixed_amount": {"amount": 900, "currency": "usd"},
            "delivery_estimate": {"maximum": {"unit": "day", "value": 2}},
        }
        address = {"country": "US", "line1": "1 Way", "state": "CA"}
        updated = SESSIONS.update(
            made.id,
            {
                "line_items": [
                    {"price_data": price_data, "quantity": 100, "tax_rates": ["txr_sales"]},
                    {"id": mug.id, "quantity": 2, "metadata": {"colour": "blue"}},
                ],
                "metadata": {"a": "", "c": "3"},
                "collected_information": {"shipping_details": {"name": "Ada", "address": address}},
                "shipping_options": [{"shipping_rate_data": rate}, {"shipping_rate": "shr_express"}],
                "expand": ["line_items", "shipping_options.shipping_rate"],
            },
        )
        wrap, mugs = updated.line_items.data
        self.assertEqual((wrap.amount_subtotal, wrap.amount_tax), (1235, 102))
        self.assertEqual(str(wrap.price.unit_amount_decimal), "12.345678901234")
        self.assertEqual((mugs.id, mugs.quantity, mugs.metadata["colour"]), (mug.id, 2, "blue"))
        self.assertEqual(updated.metadata.to_dict(), {"b": "2", "c": "3"})
        self.assertEqual(updated.shipping_options[0].shipping_rate.display_name, "Courier")
        self.assertEqual(updated.amount_total, 1235 + 102 + 3000 + 900)
        cleared = SESSIONS.update(
            made.id,
            {
                "line_items": [{"id": mug.id, "metadata": ""}, {"id": wrap.id, "tax_rates": ""}],
                "metadata": "",
                "shipping_options": "",
                "expand": ["line_items"],
            },
        )
        self.assertEqual([item.id for item in cleared.line_items.data], [mug.id, wrap.id])
        self.assertEqual((cleared.metadata.to_dict(), cleared.shipping_options), ({}, []))
        self.assertEqual(cleared.amount_total, 3000 + 1235)

    def test_lists(self):
        made = [create().id for _ in range(3)]
        pages = SESSIONS.list({"limit": 2, "status": "open"}).auto_paging_iter()
        self.assertEqual([session.id for _, session in zip(range(3), pages)], made[::-1])
        big = create(line_items=[{"price": "price_mug", "quantity": n + 1} for n in range(12)])
        quantities = [item.quantity for item in SESSIONS.line_items.list(big.id, {"limit": 5}).auto_paging_iter()]
        self.assertEqual(quantities, list(range(1, 13)))

    def test_expire(self):
        made = create()
        self.assertEqual(SESSIONS.expire(made.id).status, "expired")
        for again in (SESSIONS.expire, lambda session_id: SESSIONS.update(session_id, {"metadata": {"a": "1"}})):
            with self.assertRaises(stripe.InvalidRequestError) as caught:
                again(made.id)
            self.assertEqual((caught.exception.http_status, caught.exception.code), (400, "status_transition_invalid"))

    def test_errors_by_class(self):
        made = create()
        with self.assertRaises(stripe.InvalidRequestError) as caught:
            SESSIONS.retrieve("cs_test_none")
        error = caught.exception
        self.assertEqual((error.http_status, error.code, error.param), (404, "resource_missing", "session"))
        self.assertTrue(error.request_id.startswith("req_"))
        with self.assertRaises(stripe.InvalidRequestError) as caught:
            SESSIONS.update(made.id, {"line_items": [{"price": "price_none", "quantity": 1}]})
        self.assertEqual((caught.exception.http_status, caught.exception.param), (400, "line_items[0][price]"))
        with self.assertRaises(stripe.AuthenticationError):
            client("sk_live_1").v1.checkout.sessions.retrieve(made.id)
        key = {"idempotency_key": "key_" + made.id}
        SESSIONS.update(made.id, {"metadata": {"a": "1"}}, key)
        with self.assertRaises(stripe.IdempotencyError):
            SESSIONS.update(made.id, {"metadata": {"a": "2"}}, key)
        for fault, kind in (("429", stripe.RateLimitError), ("500", stripe.APIError), ("drop", stripe.APIConnectionError)):
            with self.assertRaises(kind):
                SESSIONS.update(made.id, {}, {"headers": {"Sandbox-Misbehave": fault}})

    def test_idempotent_replay(self):
        made = create()
        item = {"line_items": [{"id": items(made.id)[0].id}, {"price": "price_sticker", "quantity": 1}]}
        options = {"idempotency_key": "once_" + made.id}
        first = SESSIONS.update(made.id, item, options)
        again = SESSIONS.update(made.id, item, options)
        self.assertEqual(first.to_dict(), again.to_dict())
        self.assertEqual(again.last_response.headers["idempotent-replayed"], "true")
        self.assertEqual(len(items(made.id)), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
