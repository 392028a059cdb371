import { test } from "@playwright/test";
import { expectPlanChanges } from "../support/plan.mjs";

test("WebKitGTK: the plan is changed on the server, there and back", () => expectPlanChanges("WebKitGTK"));
