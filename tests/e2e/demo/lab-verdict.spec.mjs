// The lab's sentence for a column, without a browser: the worst truth first.
import { expect, test } from "@playwright/test";
import { cellOf, ROWS } from "../../../www/lab/rows.js";
import { verdictOf } from "../../../www/lab/verdict.js";

const dollars = (amount) => ({ amount: `$${amount}.00`, minorUnitsAmount: amount * 100 });
const done = { text: "Your order was updated.", claim: "yes" };

/** A column in which all is well; a test changes what it is about. */
const facts = (changes = {}) => ({
  message: done,
  doubt: null,
  took: 120,
  truth: { ...dollars(120), status: "open" },
  requests: 1,
  paid: null,
  wanted: "Yearly",
  before: "Monthly",
  has: "Yearly",
  control: "Yearly",
  total: dollars(120),
  locked: null,
  ...changes,
});
const wrongTotal = { total: dollars(12) };
const wrongWords = { message: { text: "It failed.", claim: "no" } };
const doubt = { text: "We could not tell.", ms: 5_000 };

for (const [changes, verdict, text] of [
  [{}, "agrees", "everything the customer reads is true, and the total is $120.00."],
  [{ doubt }, "agrees", "in doubt for 5.0 s with Pay locked, then the true total, $120.00."],
  [{ message: { text: "?", claim: "unknown" } }, "in doubt", "the page does not know yet, and says so."],
  [{ control: "Monthly" }, "differs", "the control shows Monthly and the customer gets Yearly."],
  [wrongWords, "differs", "the page says that the change failed, but it was made; the customer gets Yearly."],
  [
    { has: "Monthly", control: "Monthly", doubt },
    "differs",
    "the page says that the change was made; the customer wanted Yearly and gets Monthly.",
  ],
  [{ truth: { ...dollars(120), status: "expired" } }, "differs", "Pay is open and the checkout is closed."],
  [{ ...wrongWords, ...wrongTotal }, "differs", "the customer pays $120.00 and the page says $12.00."],
  [
    { ...wrongWords, ...wrongTotal, paid: { took: dollars(128), said: dollars(100) } },
    "differs",
    "the customer pays $128.00 and the page said $100.00.",
  ],
  [
    { ...wrongTotal, locked: "the order is being checked" },
    "differs",
    "the page says $12.00 and the order is $120.00; Pay is locked.",
  ],
]) {
  test(`${verdict}: ${text}`, () => {
    expect(verdictOf(facts(changes))).toEqual({ verdict, text });
  });
}

test("nothing is said of what is not known yet", () => {
  expect(verdictOf(facts({ message: null }))).toBeNull();
  expect(verdictOf(facts({ truth: null, has: null }))).toBeNull();
  const cells = ROWS.map((row) => cellOf(row, facts({ truth: null, has: null })));
  expect(cells.map(({ verdict }) => verdict)).toEqual(ROWS.map(() => ""));
});

test("a sentence of doubt is not green, and what was paid is compared with what was said", () => {
  const verdict = (label, changes) =>
    cellOf(
      ROWS.find((row) => row.label === label),
      facts(changes),
    ).verdict;
  expect(verdict("The customer reads", { message: { text: "?", claim: "unknown" } })).toBe("in doubt");
  expect(verdict("The customer paid", {})).toBe("");
  expect(verdict("The customer paid", { paid: { took: dollars(1), said: dollars(1) } })).toBe("agrees");
  expect(verdict("The customer paid", { paid: { took: dollars(2), said: dollars(1) } })).toBe("differs");
});
