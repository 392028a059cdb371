import { setText } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

/** The picture of a product, by its name. A product without a picture shows its first letter. */
const PICTURES = [
  [/plan/i, "plan"],
  [/lamp/i, "lamp"],
  [/notebook/i, "notebook"],
  [/mat/i, "mat"],
  [/gift/i, "gift"],
  [/shipping/i, "truck"],
  [/warranty/i, "shield"],
  [/sticker/i, "star"],
];

/** Draws a product's tile. */
export function drawTile(tile, { name }) {
  if (tile.dataset.of === name) return;
  tile.dataset.of = name;
  const picture = PICTURES.find(([pattern]) => pattern.test(name))?.[1];
  if (!picture) return setText(tile, name.slice(0, 1));
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/pictures.svg#${picture}`);
  svg.append(use);
  tile.replaceChildren(svg);
}
