// A page inside a rule's page: it runs one update when it is told to, and tells how that went and what was fetched.
(() => {
  const fetched = [];
  const own = globalThis.fetch;
  globalThis.fetch = (url, init) => {
    fetched.push(String(url));
    return own(url, init);
  };
  const { createUpdates, endpoint, oneOf } = globalThis.CheckoutUpdates;

  addEventListener("message", async ({ data: url }) => {
    const updates = createUpdates({
      session: () => "cs_test_child",
      csrf: { header: "X-CSRF-Token", token: () => "token-1" },
      endpoints: { changeInterval: endpoint(url, { interval: oneOf("monthly", "yearly") }) },
    });
    const told = await updates
      .request("changeInterval", { interval: "yearly" })()
      .then(
        ({ status }) => ({ status }),
        ({ kind, applied, attempts, detail }) => ({ kind, applied, attempts, detail }),
      );
    parent.postMessage({ told, fetched }, "*");
  });
  parent.postMessage("ready", "*");
})();
