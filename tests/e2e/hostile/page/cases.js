// Where a hostile value is put: each case makes an object of the package, uses it, and gives the promises it got.
import { createUpdates, endpoint, flag, identifier, integer, oneOf, text } from "/dist/index.js";

const RULES = () => ({
  plan: oneOf("monthly", "yearly"),
  item: identifier("li_"),
  quantity: integer(0, 10),
  gift: flag(),
  code: text(20),
});
export const GOOD = { plan: "yearly", item: "li_1", quantity: 3, gift: true, code: "NOËL" };
export const SESSION = "cs_test_hostile";

/** The rules once more, by means of their own, for what was about to leave the page. */
const FITS = {
  checkout_session_id: (value) => value === SESSION,
  plan: (value) => value === "monthly" || value === "yearly",
  item: (value) => typeof value === "string" && /^li_[A-Za-z0-9_-]{1,252}$/.test(value) && !value.includes("_secret_"),
  quantity: (value) => Number.isInteger(value) && value >= 0 && value <= 10,
  gift: (value) => typeof value === "boolean",
  code: (value) =>
    typeof value === "string" && /^[^\p{Cc}\p{Cs}]{1,20}$/u.test(value) && !/^(sk|rk)_|^whsec_|_secret_/.test(value),
};

/** What is wrong with a request that leaves the page, or null. */
export function wrongWith(url, init) {
  if (url !== "/change") return `it goes to ${String(url).slice(0, 100)}`;
  const body = JSON.parse(init.body);
  const names = Object.keys(body);
  if (names.join() !== Object.keys(FITS).join()) return `its fields are ${names}`;
  const odd = names.filter((name) => !FITS[name](body[name]));
  return odd.length > 0 ? `these do not fit: ${odd}` : null;
}

const stripe = (random, { any }) => ({
  getSession: () => ({ id: SESSION, status: { type: "open" }, canConfirm: true }),
  async runServerUpdate(update) {
    await update().catch(() => undefined);
    return random.chance(0.5) ? any(2) : { type: "success", session: { id: SESSION } };
  },
});

const good = () => new Response('{"type":"success"}', { headers: { "content-type": "application/json" } });

/** An intent with some fields right and some not. */
function intentOf(random, { any }) {
  if (random.chance(0.2)) return any(3);
  const intent = { ...GOOD };
  for (const name of Object.keys(GOOD)) if (random.chance(0.25)) intent[name] = any(2);
  if (random.chance(0.2)) intent[random.pick(["amount", "price", "extra"])] = any(1);
  return intent;
}

const declared = (send) => ({
  session: () => SESSION,
  endpoints: { change: endpoint("/change", RULES()) },
  fetch: send,
});

/** Options with some wrong. */
function optionsOf(random, values, send) {
  const options = declared(send);
  const keys = ["session", "timeoutMs", "csrf", "onFailure", "onSettled", "messages", "allowedOrigins"];
  for (const key of keys) {
    if (!random.chance(0.15)) continue;
    options[key] = random.chance(0.4) ? random.pick([() => values.any(2), values.throwing]) : values.any(2);
  }
  return options;
}

/** Each takes the random numbers, the values and the way out of the page; gives what was promised. */
export const CASES = {
  intent(random, values, open) {
    const updates = open();
    const intent = intentOf(random, values);
    return random.chance(0.5)
      ? [updates.run(stripe(random, values), "change", intent)]
      : [updates.request("change", intent)()];
  },
  options(random, values, open) {
    let updates;
    try {
      updates = open((send) => optionsOf(random, values, send));
    } catch (error) {
      if (!(error instanceof TypeError) && error?.name !== "Hostile") throw error;
      return [];
    }
    return [updates.request("change", GOOD)(), updates.run(stripe(random, values), "change", GOOD)];
  },
  actions(random, values, open) {
    return [open().run(values.any(3), "change", GOOD)];
  },
  session(random, values, open) {
    const token = () => values.any(2);
    const updates = open((send) => ({
      ...declared(send),
      session: () => values.any(2),
      csrf: { header: "x-csrf", token },
    }));
    return [updates.request("change", GOOD)()];
  },
  stripe(random, values, open) {
    const updates = open();
    const actions = {
      getSession: () => (random.chance(0.5) ? values.any(3) : { id: SESSION }),
      runServerUpdate(update) {
        for (let times = random.below(3); times > 0; times--) update().catch(() => undefined);
        return random.chance(0.1) ? values.throwing() : values.any(3);
      },
    };
    return [updates.run(actions, "change", GOOD), updates.refresh(actions)];
  },
  answer(random, values, open) {
    const answer = () => {
      if (random.chance(0.3)) return values.any(3);
      const body = random.pick([() => values.any(2), () => '{"success":false}', () => "<p>", () => "[1"])();
      return {
        status: random.chance(0.5) ? random.pick([200, 202, 204, 302, 400, 409, 429, 500]) : values.any(1),
        ok: random.chance(0.5) ? true : values.any(1),
        headers: random.chance(0.5) ? new Headers({ "retry-after": "1" }) : values.any(2),
        body: random.chance(0.6) ? null : values.any(2),
        text: random.pick([() => Promise.resolve(body), () => values.any(2), values.throwing]),
        json: random.pick([() => Promise.resolve(body), () => values.any(2), values.throwing]),
        arrayBuffer: random.pick([() => Promise.resolve(new ArrayBuffer(2)), () => values.any(2), values.throwing]),
      };
    };
    const updates = open(undefined, () => (random.chance(0.1) ? values.throwing() : answer()));
    return random.chance(0.5)
      ? [updates.request("change", GOOD)()]
      : [updates.run(stripe(random, values), "change", GOOD)];
  },
  wrapped(random, values, open) {
    const updates = open();
    const update = updates.wrap(
      "change",
      random.pick([() => values.any(3), values.throwing, () => values.thenable(3)]),
    );
    return random.chance(0.5) ? [update()] : [updates.run(stripe(random, values), update)];
  },
  arguments(random, values, open) {
    const updates = open();
    const promises = [updates.run(stripe(random, values), "change", GOOD, values.any(2)), updates.settled()];
    for (const call of ["isPending", "pendingIntent", "cancel", "subscribe", "refresh", "isStale", "metrics"]) {
      if (!random.chance(0.5)) continue;
      try {
        const given = updates[call](random.chance(0.5) ? "change" : values.any(2), values.any(2));
        if (call === "refresh") promises.push(given);
      } catch (error) {
        if (!(error instanceof TypeError) && error?.name !== "Hostile") throw error;
      }
    }
    if (random.chance(0.3)) updates.dispose();
    return promises;
  },
};

/** An object of the package whose requests are looked at, and what was wrong with them. */
export function openerOf(found, answered) {
  return (options = declared, answer = good) => {
    const send = (url, init) => {
      const wrong = wrongWith(url, init);
      if (wrong) found.push(`on the wire: ${wrong}`);
      answered();
      return new Promise((resolve) => resolve(answer()));
    };
    const updates = createUpdates(options(send));
    found.opened.push(updates);
    return updates;
  };
}
