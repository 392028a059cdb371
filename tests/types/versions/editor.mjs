// What an editor shows of an intent: one record with its fields, as a page's author would write it.
import { join } from "node:path";
import ts from "./node_modules/typescript-5.9/lib/typescript.js";

const here = import.meta.dirname;
const FILE = join(here, "dom", "shown.ts");
const TEXT = `
import { createUpdates, endpoint, flag, identifier, integer, oneOf } from "checkout-updates";
import { useUpdate } from "checkout-updates/react";
const updates = createUpdates({
  endpoints: {
    change: endpoint("/x", { interval: oneOf("monthly", "yearly"), gift: flag().optional() }).body<{ saved: string }>(),
    set: endpoint("/y", { line_item: identifier("li_"), quantity: integer(0, 10) }),
  },
});
const actions = { getSession: () => ({ id: "cs_test_1" }) };
void updates.run(actions, "change", { interval: "yearly" });
const { pendingIntent } = useUpdate(updates, actions, "set");
updates.isPending("set", { line_item: "li_1" });
`;

const { config } = ts.readConfigFile(join(here, "dom", "tsconfig.json"), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(here, "dom"));
const service = ts.createLanguageService({
  getScriptFileNames: () => [FILE],
  getScriptVersion: () => "1",
  getScriptSnapshot: (name) => {
    const text = name === FILE ? TEXT : ts.sys.readFile(name);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCurrentDirectory: () => here,
  getCompilationSettings: () => ({ ...options, skipLibCheck: true }),
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
});

/** What is shown over the text behind this mark, in one line. */
export function shown(mark, word) {
  const at = TEXT.indexOf(word, TEXT.indexOf(mark));
  const { displayParts } = service.getQuickInfoAtPosition(FILE, at);
  return displayParts
    .map(({ text }) => text)
    .join("")
    .replace(/\s+/g, " ");
}
