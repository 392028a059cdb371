// V8 compiles a function of a module when it is first called, so the first update would take several times as long as the
// next. One that nobody sees is made before: it sends nothing, counts nothing, and listens to nothing.
import type { Engine } from "../build/engine.js";
import { unmark } from "../src/browser/marks.js";
import { standIn } from "../src/browser/platform.js";
import { isPage } from "./environment.js";
import { endpoint, flag } from "./rules.js";
import type { EngineUpdates } from "./engine-updates.js";

const actions = {
  getSession: () => ({ id: "cs_test_0" }),
  runServerUpdate: async (update: () => Promise<unknown>) => {
    await update();
    return { type: "success" };
  },
};

async function rehearse({ Updates }: Engine): Promise<void> {
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  // A stand-in's server answers in place of every `fetch`.
  if (document.visibilityState !== "visible" || connection?.saveData || standIn()) return;
  // The first access to its storage makes a page wait.
  unmark("");
  const fetch = () => Promise.resolve(new Response("{}"));
  const inner = new Updates({ endpoints: { a: endpoint("/", { a: flag() }) }, fetch }) as EngineUpdates;
  inner.rehearse();
  const update = inner.request("a", { a: true });
  try {
    await inner.run(actions, update);
    await inner.invoke(update, undefined);
  } finally {
    inner.dispose();
  }
}

/** Makes that update in a task of its own, unless the page is hidden, or its visitor wants to save data. */
export async function warmUp(engine: Engine): Promise<void> {
  if (!isPage()) return;
  try {
    // Not by a timer: pages count theirs.
    const { port1, port2 } = new MessageChannel();
    await new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage(0);
    });
    port1.close();
    await rehearse(engine);
  } catch {
    // The first update reports what the page lacks.
  }
}
