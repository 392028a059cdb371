import { test } from "@playwright/test";
import { expectPlanChanges } from "../support/plan.mjs";

test("Firefox: the plan is changed on the server, there and back", () => expectPlanChanges("Firefox"));
