"""Updates of a Checkout Session, with Flask and Stripe's client."""

import os
import threading
import uuid

import stripe
from flask import Flask, request
from once import once
from rules import CART, UPDATES, Refusal, is_id
from werkzeug.exceptions import HTTPException

# Three calls of 6 s end before the page gives up. The page can retry an update, so the client need not.
client = stripe.StripeClient(
    os.environ["STRIPE_SECRET_KEY"],
    base_addresses={"api": os.environ.get("STRIPE_API", "https://api.stripe.com")},
    http_client=stripe.RequestsClient(timeout=6),
    max_network_retries=0,
)
sessions = client.v1.checkout.sessions

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 4096


@app.post("/create-checkout-session")
def create():
    visitor = request.cookies.get("visitor") or str(uuid.uuid4())
    more = {"ui_mode": "elements", "mode": "subscription", "return_url": f"{os.environ['ORIGIN']}/return"}
    session = sessions.create({"line_items": CART, "metadata": {"visitor": visitor}, **more})
    response = app.json.response(
        clientSecret=session.client_secret, publishableKey=os.environ.get("STRIPE_PUBLISHABLE_KEY")
    )
    response.set_cookie("visitor", visitor, httponly=True, samesite="Lax", secure=True)
    return response


# Each update sends the whole list, so updates of one session run one after another.
turns = {}


def update():
    # Another site's form can neither send JSON nor get the cookie.
    body = request.get_json(silent=True)
    intent = body if isinstance(body, dict) else {}
    session_id = intent.pop("checkout_session_id", None)
    visitor, change = request.cookies.get("visitor"), UPDATES[request.path](intent)
    if not is_id(session_id, "cs_"):
        raise Refusal(400)
    if not visitor:
        raise Refusal(403)

    def prepare():
        try:
            session = sessions.retrieve(session_id)
            items = sessions.line_items.list(session_id, {"limit": 100}).data
        except stripe.StripeError as error:
            app.logger.exception(error)
            raise Refusal(424) from error
        if getattr(session.metadata, "visitor", None) != visitor:
            raise Refusal(403)
        if session.status != "open":
            raise Refusal(400, "This checkout is closed.", "session_closed")
        line_items = change(items)
        if not line_items:
            raise Refusal(400, "At least one item has to stay in the order.", "last_item")
        return {"line_items": line_items}

    def perform(params, key):
        try:
            sessions.update(session_id, params, {"idempotency_key": key})
        except stripe.InvalidRequestError as error:
            # Stripe refused, so nothing was changed. Any other error leaves that open, so `once` must keep no answer.
            app.logger.exception(error)
            return Refusal(400).answer
        return 200, {"type": "success"}

    key = request.headers.get("Idempotency-Key") or str(uuid.uuid4())
    with turns.setdefault((visitor, session_id), threading.Lock()):
        status, answer = once([visitor, session_id, request.path], key, intent, prepare, perform)
    return answer, status


for path in UPDATES:
    app.add_url_rule(path, view_func=update, methods=["POST"])


@app.errorhandler(Exception)
def failed(error):
    if not isinstance(error, Refusal):
        # Flask's own errors have a code, such as 413 or 404.
        own = error.code if isinstance(error, HTTPException) else None
        status = own or (502 if isinstance(error, stripe.StripeError) else 500)
        if status >= 500:
            app.logger.exception(error)
        error = Refusal(status, "Something went wrong on our end.")
    status, answer = error.answer
    return answer, status


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", 4242)), threaded=True)
