// The servers of examples/server, which docs/server.md shows, between the demo's page and its sandbox.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { launch, openPage } from "./lib/chromium.mjs";
import { examples, startDemo, startExample } from "./lib/copyable.mjs";

const TOGGLE = "/change-subscription-interval";
const QUANTITY = "/update-line-item-quantity";
const ADD_ON = "/update-custom-amount";
const SUCCESS = { status: 200, type: "success", code: undefined };
const PLAN = ["price_team_monthly", 1];
const LAMP = ["price_desk_lamp", 1];

let demo;
before(async () => (demo = await startDemo()), { timeout: 600_000 });
after(() => demo?.stop());

for (const name of Object.keys(examples)) {
  describe(`examples/server/${name}`, { timeout: 120_000 }, () => {
    let shop;
    before(async () => (shop = await startExample(name, demo)), { timeout: 300_000 });
    after(() => shop?.stop());

    /** A visitor with a session, who asks as the page does. */
    async function visit() {
      const opened = await fetch(`${shop.url}/create-checkout-session`, { method: "POST" });
      assert.equal(opened.status, 200);
      const [setCookie] = opened.headers.getSetCookie();
      assert.match(setCookie, /HttpOnly/);
      assert.match(setCookie, /SameSite=Lax/i);
      const { clientSecret } = await opened.json();
      const id = clientSecret.split("_secret_")[0];
      const cookie = setCookie.split(";")[0];
      const ask = async (path, intent, { key = randomUUID(), body, headers } = {}) => {
        const response = await fetch(shop.url + path, {
          method: "POST",
          headers: { "content-type": "application/json", "idempotency-key": key, cookie, ...headers },
          body: body ?? JSON.stringify({ checkout_session_id: id, ...intent }),
        });
        const { type, message, code } = await response.json();
        // Each "no" has a sentence for the customer.
        assert.equal(typeof message, type === "error" ? "string" : "undefined");
        return { status: response.status, type, code };
      };
      const items = async () =>
        (await shop.items(id)).map(({ price, quantity, description }) => [
          /^price_(team|desk)/.test(price.id) ? price.id : `${description} ${price.unit_amount}`,
          quantity,
        ]);
      const lamp = (await shop.items(id)).find(({ price }) => price.id === LAMP[0]).id;
      return { id, ask, items, lamp, cookie };
    }

    const refused = (status, code) => ({ status, type: "error", code });

    test("the toggle, the quantity and the add-on change one item and keep the others, by their ids", async () => {
      const { id, ask, items, lamp } = await visit();
      const before = (await shop.items(id)).map((item) => item.id);
      assert.deepEqual(await ask(TOGGLE, { interval: "yearly" }), SUCCESS);
      assert.deepEqual(await ask(QUANTITY, { line_item: lamp, quantity: 3 }), SUCCESS);
      assert.deepEqual(await ask(ADD_ON, { product_id: "gift_wrap", selected: true }), SUCCESS);
      assert.deepEqual(await items(), [
        ["price_team_yearly", 1],
        [LAMP[0], 3],
        ["Gift wrap 500", 1],
      ]);
      const now = (await shop.items(id)).map((item) => item.id);
      assert.deepEqual(now.slice(0, 2), before);
      // As Stripe's guide asks for it, and not twice.
      assert.deepEqual(await ask(ADD_ON, { product_id: "gift_wrap" }), SUCCESS);
      assert.deepEqual(
        (await shop.items(id)).map((item) => item.id),
        now,
      );
      assert.deepEqual(await ask(TOGGLE, { interval: "monthly" }), SUCCESS);
      assert.deepEqual(await ask(QUANTITY, { line_item: lamp, quantity: 0 }), SUCCESS);
      assert.deepEqual(await ask(ADD_ON, { product_id: "gift_wrap", selected: false }), SUCCESS);
      assert.deepEqual(await items(), [PLAN]);
    });

    test("what is no intent is refused, and Stripe is not asked", async () => {
      const { ask, lamp, id } = await visit();
      const asked = shop.asked();
      for (const [path, intent] of [
        [TOGGLE, {}],
        [TOGGLE, { interval: "weekly" }],
        [TOGGLE, { interval: ["yearly"] }],
        [TOGGLE, { interval: "constructor" }],
        [TOGGLE, { interval: "yearly", checkout_session_id: `${id}/expire` }],
        [TOGGLE, { interval: "yearly", checkout_session_id: [id] }],
        [TOGGLE, { interval: "yearly", checkout_session_id: lamp }],
        [QUANTITY, { line_item: lamp, quantity: 11 }],
        [QUANTITY, { line_item: lamp, quantity: -1 }],
        [QUANTITY, { line_item: lamp, quantity: 1.5 }],
        [QUANTITY, { line_item: lamp, quantity: true }],
        [QUANTITY, { line_item: [lamp], quantity: 2 }],
        [ADD_ON, { product_id: "toString", selected: true }],
        [ADD_ON, { product_id: ["gift_wrap"], selected: true }],
        [ADD_ON, { product_id: "gift_wrap", selected: "yes" }],
      ]) {
        assert.deepEqual(await ask(path, intent), refused(400), JSON.stringify(intent));
      }
      for (const body of ["", "{", "[]", "null", '"cs_test_1"']) {
        assert.deepEqual(await ask(TOGGLE, {}, { body }), refused(400), body);
      }
      // As another site's form could send it.
      const plain = { headers: { "content-type": "text/plain" } };
      assert.deepEqual(await ask(TOGGLE, { interval: "yearly" }, plain), refused(400));
      assert.deepEqual(await ask(TOGGLE, { interval: "yearly", more: "x".repeat(5_000) }), refused(413));
      assert.equal(shop.asked(), asked);
    });

    test("another visitor's session is refused, also with a key that its visitor used", async () => {
      const [ada, bob] = [await visit(), await visit()];
      const key = randomUUID();
      const intent = { interval: "yearly", checkout_session_id: ada.id };
      assert.deepEqual(await ada.ask(TOGGLE, { interval: "yearly" }, { key }), SUCCESS);
      const updates = shop.updates().length;
      assert.deepEqual(await bob.ask(TOGGLE, intent, { key }), refused(403));
      assert.deepEqual(await ada.ask(TOGGLE, { interval: "yearly" }, { headers: { cookie: "" } }), refused(403));
      assert.equal(shop.updates().length, updates);
    });

    test("a 'no' has a code, and changes nothing", async () => {
      const { id, ask, items, lamp } = await visit();
      const [plan] = await shop.items(id);
      const updates = shop.updates().length;
      assert.deepEqual(await ask(QUANTITY, { line_item: lamp, quantity: 6 }), refused(400, "out_of_stock"));
      // The plan is no lamp, and has no quantity here.
      assert.deepEqual(await ask(QUANTITY, { line_item: plan.id, quantity: 2 }), refused(400));
      assert.deepEqual(await ask(QUANTITY, { line_item: "li_1", quantity: 2 }), refused(400));
      assert.equal(shop.updates().length, updates);
      assert.deepEqual(await items(), [PLAN, LAMP]);
      await shop.expire(id);
      assert.deepEqual(await ask(TOGGLE, { interval: "yearly" }), refused(400, "session_closed"));
      assert.equal(shop.updates().length, updates);
    });

    test("the last item stays: an empty list is none to Stripe, which would leave everything as it was", async () => {
      const { ask, cookie } = await visit();
      const { id, line_items } = await shop.create({
        mode: "payment",
        ui_mode: "elements",
        return_url: "https://shop.example",
        "line_items[0][price]": LAMP[0],
        "line_items[0][quantity]": "1",
        "metadata[visitor]": cookie.split("=")[1],
        "expand[0]": "line_items",
      });
      const intent = { checkout_session_id: id, line_item: line_items.data[0].id, quantity: 0 };
      assert.deepEqual(await ask(QUANTITY, intent), refused(400, "last_item"));
    });

    test("a key is carried out once: at once, again, and not for another intent", async () => {
      const { ask } = await visit();
      const key = randomUUID();
      const updates = shop.updates().length;
      const wrap = { product_id: "gift_wrap", selected: true };
      const both = await Promise.all([ask(ADD_ON, wrap, { key }), ask(ADD_ON, wrap, { key })]);
      assert.deepEqual(both, [SUCCESS, SUCCESS]);
      assert.deepEqual(await ask(ADD_ON, wrap, { key }), SUCCESS);
      assert.equal(shop.updates().length, updates + 1);
      assert.deepEqual(await ask(ADD_ON, { ...wrap, product_id: "warranty" }, { key }), refused(409));
      assert.equal(shop.updates().length, updates + 1);
    });

    test("an update waits for one of the same session that is under way", async () => {
      const { ask, items } = await visit();
      const add = (product_id) => ask(ADD_ON, { product_id, selected: true });
      let second;
      let early;
      shop.beforeUpdate = async () => {
        shop.beforeUpdate = null;
        const asked = shop.asked();
        second = add("warranty");
        // Requests that come after it and are answered: it has been there, too.
        for (let times = 0; times < 3; times += 1) await ask(TOGGLE, {});
        early = shop.asked() - asked;
      };
      assert.deepEqual([await add("gift_wrap"), await second, early], [SUCCESS, SUCCESS, 0]);
      assert.deepEqual(await items(), [PLAN, LAMP, ["Gift wrap 500", 1], ["Extended warranty 2000", 1]]);
    });

    test("with Stripe's answer cut off after the change it is a 5xx, and a repeat changes nothing again", async () => {
      const { id, ask, items, lamp } = await visit();
      for (const [path, intent] of [
        [TOGGLE, { interval: "yearly" }],
        [QUANTITY, { line_item: lamp, quantity: 2 }],
        [ADD_ON, { product_id: "warranty", selected: true }],
      ]) {
        const key = randomUUID();
        shop.cut = "POST";
        assert.deepEqual(await ask(path, intent, { key }), refused(502), path);
        shop.cut = null;
        const changed = await shop.items(id);
        const [first] = shop.updates().slice(-1);
        assert.deepEqual(await ask(path, intent, { key }), SUCCESS, path);
        // The very same request, so that Stripe gives the very same answer.
        const [again] = shop.updates().slice(-1);
        assert.notEqual(first, again);
        assert.equal(again.body, first.body);
        assert.equal(again.headers["idempotency-key"], first.headers["idempotency-key"]);
        assert.deepEqual(await shop.items(id), changed);
      }
      assert.deepEqual(await items(), [
        ["price_team_yearly", 1],
        [LAMP[0], 2],
        ["Extended warranty 2000", 1],
      ]);
    });

    test("an error of Stripe is a 5xx, a 'no' of Stripe or a session that cannot be read is none", async () => {
      const { id, ask, items } = await visit();
      for (const action of ["500", "429"]) {
        await shop.misbehave({ action, times: "1" });
        assert.deepEqual(await ask(TOGGLE, { interval: "yearly" }), refused(502), action);
      }
      shop.cut = "GET";
      assert.deepEqual(await ask(TOGGLE, { interval: "yearly" }), refused(424));
      shop.cut = null;
      assert.deepEqual(await items(), [PLAN, LAMP]);
      shop.beforeUpdate = shop.expire;
      assert.deepEqual(await ask(TOGGLE, { interval: "yearly" }), refused(400));
      shop.beforeUpdate = null;
      assert.deepEqual(await items(), [PLAN, LAMP]);
      assert.deepEqual(await ask(TOGGLE, { interval: "yearly", checkout_session_id: `${id}x` }), refused(424));
    });

    test("the demo's page uses all three, and is in doubt where the answer was cut off", async () => {
      const browser = await launch();
      const { page, complaints, close } = await openPage(browser);
      try {
        page.setDefaultTimeout(15_000);
        await page.goto(`${shop.url}/?cart=goods`);
        const toggle = page.locator("#change-subscription-interval");
        const settled = () => page.locator('#summary[aria-busy="false"]').waitFor();
        const isOn = (control) => control.and(page.locator('[aria-checked="true"]')).waitFor();
        await toggle.click();
        await isOn(toggle);
        const [sent] = shop.sent(TOGGLE).slice(-1);
        const { checkout_session_id: id } = JSON.parse(sent.body);
        assert.equal(sent.body, JSON.stringify({ checkout_session_id: id, interval: "yearly" }));
        assert.match(sent.headers["idempotency-key"], /^[\w-]{36}$/);

        const wrap = page.getByRole("switch", { name: /Gift wrap/ });
        await wrap.click();
        await isOn(wrap);
        const lamps = page.getByRole("group", { name: "Quantity of Desk lamp" });
        const more = lamps.getByRole("button", { name: /^One more/ });
        await settled();
        await more.click();
        await settled();
        const prices = async () => (await shop.items(id)).map(({ price, quantity }) => [price.id, quantity]);
        assert.deepEqual((await prices()).slice(0, 2), [
          ["price_team_yearly", 1],
          [LAMP[0], 2],
        ]);
        assert.deepEqual(complaints, []);

        // Three of these are sent as one, or as many, and the last is one too many.
        for (let presses = 0; presses < 4; presses += 1) await more.click();
        await page.getByRole("alert").filter({ hasText: "Only 5 of these are left." }).waitFor();

        shop.cut = "POST";
        await toggle.click();
        await page.locator("#plan-problem").filter({ hasText: /\S/ }).waitFor();
        shop.cut = null;
        assert.deepEqual((await prices())[0], ["price_team_monthly", 1]);
        // It fetched the session, so that it shows what Stripe has.
        await toggle.and(page.locator('[aria-checked="false"]')).waitFor();
        await page.getByText("What happened").click();
        await page.getByText("Last failure: server_error of changeInterval, applied: unknown.").waitFor();
        assert.deepEqual(
          complaints.filter((text) => !/status of (400|502)/.test(text)),
          [],
        );
      } catch (error) {
        const said = `The page said: ${complaints.join("\n")}\nThe server said: ${shop.said()}`;
        throw new Error(said, { cause: error });
      } finally {
        await close();
        await browser.close();
      }
    });
  });
}
