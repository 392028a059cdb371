// V8 compiles a function of a module when it is first called, so the first update would take several times as long as the
// next. One that nobody sees is made before: it sends nothing, counts nothing, and listens to nothing.
import type { Engine } from "../build/engine.js";
import { unmark } from "../src/browser/marks.js";
import { hasStandIn, isPage } from "./environment.js";
import { endpoint, flag } from "./rules.js";
import type { Inner } from "./inner.js";

const actions = {
  getSession: () => ({ id: "cs_test_0" }),
  runServerUpdate: async (update: () => Promise<unknown>) => {
    await update();
    return { type: "success" };
  },
};

function rehearse({ Updates }: Engine): void {
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  // A stand-in's server answers in place of every `fetch`.
  if (document.visibilityState !== "visible" || connection?.saveData || hasStandIn()) return;
  // The first access to its storage makes a page wait.
  unmark("");
  const fetch = () => Promise.resolve(new Response("{}"));
  const inner = new Updates({ endpoints: { a: endpoint("/", { a: flag() }) }, fetch }) as Inner;
  inner.rehearse();
  const update = inner.request("a", { a: true });
  const end = () => inner.dispose();
  void inner
    .run(actions, update)
    .then(() => inner.invoke(update, undefined))
    .then(end, end);
}

/** Whatever the page lacks, its first update tells. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {}
}

/** Makes that update in a task of its own, unless the page is hidden, or its visitor wants to save data. */
export function warmUp(engine: Engine): void {
  if (!isPage()) return;
  quietly(() => {
    // Not by a timer: pages count theirs.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      quietly(() => rehearse(engine));
    };
    port2.postMessage(0);
  });
}
