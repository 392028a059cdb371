// Checks one rule in a page of its own, and tells the page around it how that went.
import { createKit } from "./lib/kit.js";

const parameters = new URLSearchParams(location.search);

async function check() {
  const { rules } = await import(`./rules/${parameters.get("group")}.js`);
  const kit = await createKit(parameters);
  try {
    await rules[parameters.get("rule")](kit);
  } finally {
    kit.end();
  }
  await rest();
  // Whatever was checked: nothing is said in the console, and nothing stays behind.
  kit.quiet();
}

check().then(
  () => parent.postMessage({ id: parameters.get("id") }),
  (error) => parent.postMessage({ id: parameters.get("id"), error: [error, error.stack, ...notes].join("\n") }),
);
