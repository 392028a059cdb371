import { make } from "../dom.js";

/** Where an item of the order has its controls and its message. Both are made once. */
export function actionsOf(element) {
  if (!element.querySelector(".item-actions")) {
    const problem = make("div", "problem item-problem");
    problem.setAttribute("role", "alert");
    element.append(make("div", "item-actions"), problem);
  }
  return { actions: element.querySelector(".item-actions"), problem: element.querySelector(".item-problem") };
}
