// Uses the package in a frame that others' scripts have got at, and judges what came of it. This realm's own objects are
// untouched: promises of the frame are watched from here.
const then = Promise.prototype.then;

/** How a promise of the frame ended, in time; and how it could not even be watched. */
function watch(promise, ms = 4_000) {
  return new Promise((resolve) => {
    setTimeout(() => resolve({ how: "hung" }), ms);
    const end = (how) => (value) => resolve({ how, value });
    try {
      void Reflect.apply(then, promise, [end("fulfilled"), end("rejected")]);
    } catch {
      try {
        promise.then(end("fulfilled"), end("rejected"));
      } catch (value) {
        resolve({ how: "unreadable", value });
      }
    }
  });
}

/** Stripe.js' side of a call of a function: it waits for its end and says it. */
async function stripe(promise) {
  const { how, value } = await watch(promise);
  if (how === "fulfilled") return { type: "success", session: { id: "cs_test_hostile", status: { type: "open" } } };
  return { type: "error", error: { message: String(value?.message), code: null } };
}

/** What a page expects of each row: the words by which `ROWS` says how it ended. */
const EXPECTED = {
  success: "success",
  request: "success",
  refused: "refused no Sold out.",
  "server error": "server_error unknown",
  "not declared": "invalid_intent no",
  deadline: "timeout unknown",
  cancelled: "cancelled",
  "two in a row": "success success",
  wrapped: "success",
  metrics: "1 0",
};

const kindOf = ({ kind, applied, message }, withMessage) => `${kind} ${applied}${withMessage ? ` ${message}` : ""}`;

/** An outcome of `run`, or what was in its place. */
function said({ how, value }, withMessage) {
  if (how !== "fulfilled") return `${how} ${value?.kind ?? value}`;
  if (value.type === "success") return "success";
  return value.type === "cancelled" ? "cancelled" : kindOf(value.error, withMessage);
}

/** A promise of a function of `request`. */
const ended = ({ how, value }) => (how === "rejected" && value?.kind ? kindOf(value) : how);

/** What a page does, each with an object of its own. `open(path)` makes one. */
const ROWS = {
  async success(shop, open, actions) {
    return said(await watch(open("success").run(actions, "change", shop.intent("yearly"))));
  },
  async request(shop, open) {
    const { how, value } = await watch(open("success").request("change", shop.intent("yearly"))());
    return how === "fulfilled" ? "success" : `${how} ${value?.kind ?? value}`;
  },
  async refused(shop, open, actions) {
    const path = `answer?code=400&body=${encodeURIComponent('{"type":"error","message":"Sold out."}')}`;
    return said(await watch(open(path).run(actions, "change", shop.intent("yearly"))), true);
  },
  async "server error"(shop, open, actions) {
    return said(await watch(open("status?code=500").run(actions, "change", shop.intent("yearly"))));
  },
  async "not declared"(shop, open) {
    return ended(await watch(open("success").request("change", shop.intent("weekly"))()));
  },
  async deadline(shop, open) {
    const updates = open("silent", 60);
    await watch(updates.ready);
    return ended(await watch(updates.request("change", shop.intent("yearly"))()));
  },
  async cancelled(shop, open, actions) {
    const controller = shop.controller();
    const { signal } = controller;
    const promise = open("silent").run(actions, "change", shop.intent("yearly"), { signal });
    controller.abort();
    return said(await watch(promise));
  },
  async "two in a row"(shop, open, actions) {
    const updates = open("success");
    const promises = ["monthly", "yearly"].map((plan) => updates.run(actions, "change", shop.intent(plan)));
    return (await Promise.all(promises.map((promise) => watch(promise)))).map((end) => said(end)).join(" ");
  },
  async wrapped(shop, open, actions) {
    const updates = open("success");
    return said(await watch(updates.run(actions, shop.wrapped(updates, "a value"))));
  },
  async metrics(shop, open) {
    const updates = open("success");
    await watch(updates.request("change", shop.intent("yearly"))());
    const { updates: count, failures } = updates.metrics().endpoints.change;
    return `${count} ${Object.keys(failures).length}`;
  },
};

const CLEAR = new Set(["Error", "TypeError", "ReferenceError", "RangeError", "LoadError", "CheckoutUpdateError"]);

/** Where what it needs is broken, a page may get one clear error in place of what it expected; never a hang, a false "yes". */
function isClear(row, got) {
  if (got.startsWith("threw ")) return CLEAR.has(got.split(" ")[1]);
  if (/hung/.test(got)) return false;
  const isNo = row === "refused" || row === "not declared" || row === "server error" || row === "deadline";
  return !(isNo && got === "success");
}

async function rowsOf(page, module, damage) {
  const { shop } = page;
  const wrong = [];
  const opened = [];
  const open = (path, timeoutMs = 10_000) => {
    const updates = shop.make(module, `/fault/${path}`, timeoutMs);
    opened.push(updates);
    return updates;
  };
  const actions = shop.actions(stripe);
  const judge = async (row) => {
    let got;
    try {
      got = await ROWS[row](shop, open, actions);
    } catch (error) {
      got = `threw ${error?.name}`;
    }
    if (got === EXPECTED[row] || (!damage.harmless && isClear(row, got))) return;
    wrong.push(`${row}: ${got}`);
  };
  await Promise.all(Object.keys(ROWS).map(judge));
  for (const updates of opened) {
    try {
      updates.dispose();
    } catch (error) {
      if (damage.harmless || !CLEAR.has(error?.name)) wrong.push(`dispose threw ${error?.name}`);
    }
  }
  return wrong;
}

/** Opens a frame with this page; gives its window and the package, or what stopped that. */
function openFrame(html) {
  const frame = document.createElement("iframe");
  return new Promise((resolve) => {
    setTimeout(() => resolve({ frame, page: frame.contentWindow, stopped: "the page did not load" }), 10_000);
    globalThis.arrived = (page, module) => resolve({ frame, page, module });
    globalThis.stopped = (page, error) => resolve({ frame, page, stopped: `${error?.name}: ${error?.message}` });
    globalThis.noted = [];
    frame.srcdoc = html;
    document.body.append(frame);
  });
}

const script = (name) => `<script src="/pages/${name}.js"></script>`;
const HEAD = `<!doctype html><meta charset="utf-8">${script("child")}`;
const LOAD = '<script type="module" src="/pages/load.js"></script>';

/** Opens a frame, gives what is wrong on its page by this judge, and closes it. */
async function onPage(html, judge) {
  const opened = await openFrame(html);
  try {
    return await judge(opened);
  } finally {
    opened.frame.remove();
  }
}

/** One damage, done before the package is loaded or once it is there. */
export function damaged(damage, when) {
  globalThis.damage = when === "before" ? damage.act : () => {};
  return onPage(HEAD + script("damaged") + LOAD, async ({ page, module, stopped }) => {
    // The browser's own loader needs promises, and says so by no module at all.
    if (stopped) return damage.harmless ? [stopped] : [];
    if (when === "after") {
      const { how } = await watch(shop(page, module));
      if (how !== "fulfilled") return [`not ready: ${how}`];
      damage.act(page);
    }
    const wrong = await rowsOf(page, module, damage);
    const ours = damage.harmless ? noted : noted.filter((note) => /RuntimeError|unreachable/.test(note));
    return [...wrong, ...ours];
  });
}

/** An object whose engine is there before the damage is done. */
const shop = (page, module) => page.shop.make(module, "/fault/success", 10_000).ready;

/** A page with these scripts of others, before the package. */
export const withLibrary = ({ scripts }) =>
  onPage(HEAD + scripts + LOAD, async ({ page, module, stopped }) =>
    stopped ? [stopped] : [...(await rowsOf(page, module, { harmless: true })), ...noted],
  );
