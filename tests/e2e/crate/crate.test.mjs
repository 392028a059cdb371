// The crate by itself, as `wasm-pack build --target web` makes it: each promise in a real page, without the npm package.
//   node --test tests/e2e/crate/crate.test.mjs
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROWSERS, openPage } from "../faults/lib/browsers.mjs";
import { buildServer, root, startServer } from "../faults/lib/server.mjs";

const program = buildServer();

describe("the crate by itself", { concurrency: BROWSERS.length }, () => {
  for (const browser of BROWSERS) {
    describe(browser, { concurrency: 1 }, () => {
      const it = {};
      before(async () => {
        it.folder = mkdtempSync(join(tmpdir(), "crate-"));
        cpSync(fileURLToPath(new URL("page", import.meta.url)), it.folder, { recursive: true });
        cpSync(join(root, "build", "glue"), join(it.folder, "glue"), { recursive: true });
        it.server = await startServer(program, { "/": it.folder });
        it.page = await openPage(browser, it.server.url, "crate");
      });
      after(async () => {
        await it.page?.close();
        await it.server?.stop();
        rmSync(it.folder, { recursive: true });
      });
      const received = async (path) => (await it.server.recorded({ path })).requests;

      test(`${browser}: a zero-argument function that gives a promise, and nothing sent but session id and intent`, async () => {
        const { shape, isPromise, ended, counted } = await it.page.call("request", { url: "/fault/success" });
        assert.deepEqual(shape, ["function", 0, true, null]);
        assert.equal(isPromise, true);
        assert.equal(ended.status, 200);
        assert.match(ended.body, /success/);
        assert.equal(counted, 1);
        const [request] = await received("/fault/success");
        assert.equal(request.method, "POST");
        assert.equal(request.body, '{"checkout_session_id":"cs_test_crate","interval":"yearly"}');
      });

      test(`${browser}: a refusal is a rejection, counted and told`, async () => {
        const { ended, kinds, told } = await it.page.call("request", { url: "/fault/type-error" });
        assert.deepEqual([ended.name, ended.kind, ended.applied], ["CheckoutUpdateError", "refused", "no"]);
        assert.equal(ended.isError, true);
        assert.deepEqual([kinds, told], [{ refused: 1 }, ["refused"]]);
      });

      test(`${browser}: the limit ends the request`, async () => {
        const { ended, ms, kinds } = await it.page.call("request", {
          url: "/fault/silent",
          options: { timeoutMs: 300 },
        });
        assert.deepEqual([ended.kind, ended.applied, kinds], ["timeout", "unknown", { timeout: 1 }]);
        // The deadline is held by both clocks, and one of them knows whole milliseconds only.
        assert.ok(ms > 290, `${ms} ms`);
        // The peer has gone.
        await it.server.wait({ path: "/fault/silent", count: 1, left: 1 });
        const tooLong = await it.page.call("wrongOption", { timeoutMs: 20_001 });
        assert.deepEqual(tooLong, [
          true,
          'createUpdates: "timeoutMs" must be a whole number from 1 to 20000, not 20001',
        ]);
      });

      test(`${browser}: run waits, tells what is wanted meanwhile, and gives one answer`, async () => {
        const success = await it.page.call("run", { url: "/fault/success" });
        assert.deepEqual([success.type, success.body], ["success", { type: "success" }]);
        assert.deepEqual(success.during, [true, { interval: "yearly" }]);
        assert.deepEqual(success.seen, [
          { pending: true, stale: false, paying: false },
          { pending: false, stale: false, paying: false },
        ]);
        assert.deepEqual(success.settled, { stale: false });
        const refused = await it.page.call("run", { url: "/fault/type-error" });
        assert.deepEqual([refused.type, refused.kind], ["error", "refused"]);
      });

      test(`${browser}: what is wrong is named, and no value is echoed`, async () => {
        const [isTypeError, text] = await it.page.call("wrongOption", { sesion: 1 });
        assert.ok(isTypeError);
        assert.match(text, /^createUpdates: unknown key "sesion"; keys are "endpoints", "session", /);
        const message = (method) => `${method}: no endpoint "nothing"; declared are "changeInterval"`;
        assert.deepEqual(await it.page.call("undeclared"), [
          [true, message("request")],
          [true, message("run")],
        ]);
        assert.deepEqual(await it.page.call("wrongIntent"), ["error", "invalid_intent", "no", "interval", false]);
      });
    });
  }
});
