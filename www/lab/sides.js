/** The two columns, in the order in which the page shows them. */
export const SIDES = [
  { id: "byHand", name: "By hand" },
  { id: "mine", name: "With checkout-updates" },
];
