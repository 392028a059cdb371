// Drives the guide's `once` through the rules; prints one line of JSON for each, and what was performed.
import { pathToFileURL } from "node:url";

const { once } = await import(pathToFileURL(process.argv[2]).href);
const performed = [];
let items = 1;

const attempt = (scope, key, intent, fault) =>
  once(
    scope,
    key,
    intent,
    async () => ({ items: items + 1, intent }),
    async (request, stripeKey) => {
      await new Promise((resolve) => setImmediate(resolve));
      performed.push([request.items, stripeKey]);
      if (fault) throw new Error("no answer");
      items = request.items;
      return { status: 200, body: { items } };
    },
  ).then(
    (answer) => answer.status,
    () => "thrown",
  );

const say = (name, value) => console.log(JSON.stringify([name, value]));
const [scope, other] = [
  ["visitor", "cs_1", "/add"],
  ["other", "cs_1", "/add"],
];

say("beside", await Promise.all([attempt(scope, "k1", "a"), attempt(scope, "k1", "a")]));
say("again", await attempt(scope, "k1", "a"));
say("another intent", await attempt(scope, "k1", "b"));
say("another visitor", await attempt(other, "k1", "a"));
say("in doubt", await attempt(scope, "k2", "a", true));
items = 7;
say("in doubt, again", await attempt(scope, "k2", "a"));
say(
  "performed",
  performed.map(([count]) => count),
);
say("keys", new Set(performed.map(([, key]) => key)).size);
