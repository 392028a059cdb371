const actions = {
  getSession: () => ({ id: "cs_test_1", status: { type: "open" } }),
  runServerUpdate: async (update) => {
    try {
      await update();
      return { type: "success", session: actions.getSession() };
    } catch (error) {
      return { type: "error", error: { message: error.message, code: null } };
    }
  },
};

globalThis.compiled = 0;
for (const name of globalThis.WebAssembly ? ["compile", "compileStreaming"] : []) {
  const own = WebAssembly[name];
  WebAssembly[name] = (...given) => {
    globalThis.compiled++;
    return own(...given);
  };
}

async function load(entry) {
  if (entry !== "global") return import(`/dist/${entry}.js`);
  const script = document.createElement("script");
  script.src = "/dist/global.js";
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  return globalThis.CheckoutUpdates;
}

async function create(entry, source) {
  const { createUpdates, endpoint, oneOf, useWasm } = await load(entry);
  if (source !== undefined) useWasm?.(source);
  return createUpdates({ endpoints: { changePlan: endpoint("/change-plan", { interval: oneOf("yearly") }) } });
}

async function run(updates) {
  const { type, error } = await updates.run(actions, "changePlan", { interval: "yearly" });
  return type === "success" ? type : [error.kind, error.applied, error.detail];
}

const sources = {
  url: async (url) => new URL(url, location.href),
  response: (url) => fetch(url),
  promise: async (url) => [fetch(url)],
  bytes: async (url) => (await fetch(url)).arrayBuffer(),
  view: async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
  module: (url) => WebAssembly.compileStreaming(fetch(url)),
  async used(url) {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response;
  },
};

globalThis.loading = {
  update: async (entry, source) => run(await create(entry, source)),
  async often(entry, source) {
    const [one, two] = [await create(entry, source), await create(entry, source)];
    await Promise.all([one.ready, two.ready, one.ready]);
    return Promise.all([run(one), run(two), run(await create(entry, source))]);
  },
  given: async (kind, url) => run(await create("slim", [await sources[kind](url)].flat()[0])),
};
