// A page of what wasm-bindgen makes of the crate, with no file of the npm package. Everything it gives back is plain data.
import init, { Updates } from "/glue/checkout_updates.js";

await init({ module_or_path: "/glue/checkout_updates_bg.wasm" });

const SESSION = "cs_test_crate";
const yearly = { interval: "yearly" };

const failures = [];

const open = (url, more = {}) =>
  new Updates({
    session: () => SESSION,
    endpoints: { changeInterval: { url, rules: { interval: { kind: "oneOf", values: ["monthly", "yearly"] } } } },
    onFailure: ({ kind }) => failures.push(kind),
    ...more,
  });

/** What Stripe.js does with a function, in short. */
const actions = {
  getSession: () => ({ id: SESSION, status: { type: "open" } }),
  async runServerUpdate(update) {
    try {
      await update();
      return { type: "success", session: actions.getSession() };
    } catch ({ message }) {
      return { type: "error", error: { message } };
    }
  },
};

async function request({ url, options }) {
  const updates = open(url, options);
  const update = updates.request("changeInterval", yearly);
  const shape = [typeof update, update.length, Object.hasOwn(update, "failure"), update.failure];
  // The limit begins with the call, and so does this.
  const start = performance.now();
  const promise = update();
  const isPromise = promise instanceof Promise;
  const ended = await promise.then(
    async (response) => ({ status: response.status, body: await response.text() }),
    ({ name, kind, applied, message }) => ({ name, kind, applied, message, isError: update.failure.kind === kind }),
  );
  const ms = performance.now() - start;
  const { updates: counted, failures: kinds } = updates.metrics().endpoints.changeInterval;
  updates.dispose();
  return { shape, isPromise, ended, ms, counted, kinds, told: failures.splice(0) };
}

async function run({ url }) {
  const updates = open(url);
  const seen = [];
  const end = updates.subscribe(() => seen.push({ ...updates.getSnapshot() }));
  const outcome = updates.run(actions, "changeInterval", yearly);
  const during = [updates.isPending("changeInterval"), updates.pendingIntent("changeInterval")];
  const { type, body, error } = await outcome;
  const settled = await updates.settled();
  end();
  updates.dispose();
  return { type, body, kind: error?.kind, during, seen, settled };
}

function wrongOption(options) {
  try {
    open("/fault/success", options);
    return null;
  } catch (error) {
    return [error instanceof TypeError, error.message];
  }
}

async function undeclared() {
  const updates = open("/fault/success");
  const texts = [];
  try {
    updates.request("nothing", {});
  } catch (error) {
    texts.push([error instanceof TypeError, error.message]);
  }
  await updates.run(actions, "nothing", {}).catch((error) => texts.push([error instanceof TypeError, error.message]));
  return texts;
}

async function wrongIntent() {
  const updates = open("/fault/success");
  const secret = "cs_test_x_secret_y";
  const { type, error } = await updates.run(actions, "changeInterval", { interval: secret });
  return [type, error.kind, error.applied, error.field, error.message.includes(secret)];
}

globalThis.crate = { request, run, wrongOption, undeclared, wrongIntent };
