const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with these attributes and children. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** A table: what a drawing shows, in words and numbers. */
export function table(heads, rows) {
  const element = document.createElement("table");
  const head = element.createTHead().insertRow();
  for (const text of heads) {
    const cell = head.appendChild(document.createElement("th"));
    cell.scope = "col";
    cell.textContent = text;
  }
  const body = element.createTBody();
  for (const [first, ...others] of rows) {
    const row = body.insertRow();
    const cell = row.appendChild(document.createElement("th"));
    cell.scope = "row";
    cell.textContent = first;
    for (const text of others) row.insertCell().textContent = text;
  }
  return element;
}

/** A region that scrolls sideways if it is too wide, by the keyboard too. */
export function scroll(label, child) {
  const element = document.createElement("div");
  element.className = "scroll";
  element.tabIndex = 0;
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", label);
  element.append(child);
  return element;
}

/** The table behind a drawing, closed at first. Once open it stays open when the drawing is updated. */
export function asTable(place, label, content) {
  const element = document.createElement("details");
  element.className = "as-table";
  element.open = place.querySelector(".as-table")?.open ?? false;
  const summary = document.createElement("summary");
  summary.textContent = "As a table";
  element.append(summary, scroll(label, content));
  return element;
}
