import { byId, drawList, fromTemplate, make, setText } from "./dom.js";
import { drawTile } from "./pictures.js";
import { billed, everyInterval, perInterval } from "./words.js";

/** Draws the order from the session. Its amounts are ready for display; nothing is calculated here. */
export function drawSummary(session, { pending, stale, drawActions }) {
  const summary = byId("summary");
  summary.setAttribute("aria-busy", String(pending));
  summary.classList.toggle("paid-for", session.status.type === "complete");
  byId("updating").hidden = !pending && !stale;
  setText(byId("updating-words"), pending ? "Updating the total…" : "Checking the total…");

  setText(byId("due-label"), dueLabel(session));
  setText(byId("due-amount"), session.total.total.amount);
  setText(byId("due-terms"), terms(session));

  drawList(byId("items"), session.lineItems, {
    key: (item) => item.id,
    create: () => fromTemplate("item-template"),
    draw: (element, item) => drawItem(element, item, drawActions),
  });
  drawTotals(byId("totals"), session, pending ? " (updating…)" : "");
}

function dueLabel({ status, recurring }) {
  if (status.type === "complete") return "Paid";
  return recurring ? "Due today" : "Total";
}

function terms({ recurring }) {
  return recurring ? `then ${recurring.dueNext.total.amount} ${perInterval(recurring)}` : "";
}

function drawItem(element, item, drawActions) {
  drawTile(element.querySelector(".tile"), item);
  setText(element.querySelector(".item-name"), item.name);
  setText(element.querySelector(".item-note"), note(item));
  const amount = element.querySelector(".item-amount");
  const free = item.total.minorUnitsAmount === 0;
  amount.classList.toggle("gift", free);
  setText(amount, free ? "Free" : item.subtotal.amount);
  drawActions?.(element, item);
}

function note(item) {
  const parts = [];
  if (item.recurring) parts.push(billed(item.recurring));
  if (item.quantity > 1) parts.push(`${item.unitAmount.amount} each`);
  if (item.description) parts.push(item.description);
  return parts.join(" · ");
}

function drawTotals(list, session, note) {
  const rows = totals(session);
  list.hidden = false;
  drawList(list, rows, {
    key: (row) => row.key,
    create: (row) => {
      const element = make("div", row.grand ? "grand" : "");
      element.append(make("dt", ""), make("dd", ""));
      return element;
    },
    draw: (element, row) => {
      setText(element.querySelector("dt"), row.grand ? row.label + note : row.label);
      setText(element.querySelector("dd"), row.amount);
    },
  });
}

function totals({ total, taxAmounts, shipping, shippingOptions, recurring }) {
  const rows = [{ key: "subtotal", label: "Subtotal", amount: total.subtotal.amount }];
  if (total.discount.minorUnitsAmount !== 0) {
    rows.push({ key: "discount", label: "Discount", amount: `−${total.discount.amount}` });
  }
  if (shipping || shippingOptions.length > 0) {
    const name = shipping?.shippingOption.displayName;
    rows.push({ key: "shipping", label: name ? `Shipping (${name})` : "Shipping", amount: orFree(total.shippingRate) });
  }
  rows.push(...taxRows(taxAmounts, total));
  rows.push({
    key: "total",
    label: recurring ? "Total due today" : "Total",
    amount: total.total.amount,
    grand: true,
  });
  if (recurring) {
    rows.push({ key: "next", label: `Then ${everyInterval(recurring)}`, amount: recurring.dueNext.total.amount });
  }
  return rows;
}

function taxRows(taxAmounts, total) {
  if (!taxAmounts?.length) return [{ key: "tax", label: "Tax", amount: total.taxExclusive.amount }];
  return taxAmounts.map((tax, position) => {
    const rate = tax.percentage === undefined ? "" : ` (${tax.percentage}%)`;
    const included = tax.inclusive ? ", included" : "";
    return { key: `tax-${position}`, label: `${tax.displayName}${rate}${included}`, amount: tax.amount };
  });
}

const orFree = (amount) => (amount.minorUnitsAmount === 0 ? "Free" : amount.amount);
