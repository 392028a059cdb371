// Stripe.js as its versions shape it, and as it may end. The stand-in of `./testing` is the faithful one; this one is
// for what a faithful one would never do.

/**
 * `shape` is the version's place of `runServerUpdate` and of the session; `end` how it ends. Gives the actions, which
 * record their calls in `calls`.
 */
export function actions(shape, end) {
  const state = { version: 0 };
  const session = () => ({ id: "cs_test_a1", status: { type: "open" }, version: state.version });
  const key = { getSession: "session", session: "session", success: "success", merged: "session" }[shape];
  const actions = { calls: [] };
  const success = () => {
    state.version++;
    return { type: "success", [key]: { ...session(), from: "result" } };
  };
  const failure = { type: "error", error: { message: "Stripe's", code: null } };
  const ends = {
    async success(update) {
      try {
        await update();
      } catch {
        return failure;
      }
      return success();
    },
    async withoutSession(update) {
      await update();
      state.version++;
      return { type: "success" };
    },
    async error(update) {
      await update();
      return failure;
    },
    async rejection(update) {
      await update();
      throw new Error("Stripe's");
    },
    nonsense: (update) => update().then(() => 7),
    uncalled: async () => failure,
    rejected: () => Promise.reject(new Error("Stripe's")),
    thrown() {
      throw new Error("Stripe's");
    },
    nothing() {},
    thenable: (update) => ({
      then: (resolve) => void update().then(() => resolve(success())),
    }),
    async twice(update) {
      await Promise.all([update(), update()]);
      return success();
    },
    early(update) {
      update().catch(() => {});
      return Promise.resolve(failure);
    },
  };
  actions.runServerUpdate = (update) => {
    actions.calls.push({ update });
    return ends[actions.calls.length === 1 ? end : "success"](update);
  };
  if (shape === "getSession") actions.getSession = session;
  else if (shape === "merged") Object.assign(actions, session());
  else actions.session = session;
  return actions;
}

/** Actions whose session says this of its status. */
export function withStatus(status) {
  const own = actions("getSession", "success");
  return { ...own, getSession: () => ({ id: "cs_test_a1", status }) };
}
