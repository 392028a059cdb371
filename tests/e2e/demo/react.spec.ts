import { test } from "./fixtures.ts";
import { expectToggle } from "./toggle.ts";

test("the toggle with React changes the plan on the server, there and back", async ({ page, server, gate }) => {
  await expectToggle("/react/", { page, server, gate });
});
