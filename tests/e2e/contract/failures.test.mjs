// What depends on how Stripe.js ends an update that failed, under both ways in which its versions do it.
//   node --test tests/e2e/contract/failures.test.mjs
import { checkContract } from "./lib/contract.mjs";

const GROUPS = ["run", "stale", "payments", "resume"];

for (const failures of ["result", "reject"]) {
  checkContract(`the contract where Stripe.js ends a failure by ${failures}`, { failures }, GROUPS);
}
