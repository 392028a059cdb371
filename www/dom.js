/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** A fresh copy of a template's only element. */
export const fromTemplate = (id) => byId(id).content.firstElementChild.cloneNode(true);

/** Sets a text only where it differs, so that a redraw disturbs neither a selection nor a live region. */
export function setText(element, text) {
  if (element.firstElementChild || element.textContent !== text) element.textContent = text;
}

/** An element with this class and text. */
export function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/**
 * Brings a parent's children in line with the items. An item keeps its element from one drawing to the next, and with
 * it the focus, even where it moves.
 */
export function drawList(parent, items, { key, create, draw }) {
  const focused = document.activeElement;
  const wanted = new Set(items.map(key));
  const kept = new Map();
  for (const child of [...parent.children]) {
    if (wanted.has(child.dataset.key)) kept.set(child.dataset.key, child);
    else child.remove();
  }
  items.forEach((item, position) => {
    let element = kept.get(key(item));
    if (!element) {
      element = create(item);
      element.dataset.key = key(item);
    }
    draw(element, item);
    const there = parent.children[position] ?? null;
    if (there !== element) parent.insertBefore(element, there);
  });
  if (focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}
