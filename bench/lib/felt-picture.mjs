// A picture of a page's first visit: a line for each sender, with what the customer waits for.
import { TITLES } from "./coverage.mjs";

/** What is measured, in the order of the table, with its mark in the picture. */
export const FELT = {
  paint: { title: "first paint", mark: "M-6 -6 H6 V6 H-6 Z" },
  stripe: { title: "Stripe.js loaded", mark: "M0 -8 L8 0 L0 8 L-8 0 Z" },
  sender: { title: "an update can be sent", mark: "M0 -8 L8 6 L-8 6 Z" },
  interactive: { title: "interactive", mark: "M0 -7 A7 7 0 1 1 -0.01 -7 Z" },
};

const [WIDTH, LEFT, RIGHT, TOP, ROW] = [760, 170, 30, 84, 56];
const plain = (name) => (TITLES[name] ?? name).replace(/[*`]/g, "");

const STYLE = `
text{font:13px system-ui,sans-serif;fill:#1d1d1f}.note{font-size:11px;fill:#57606a}
.back{fill:#fff}.grid{stroke:#d0d7de}.line{stroke:#8c959f;stroke-width:2}
.paint{fill:#57606a}.stripe{fill:#635bff}.sender{fill:#bf5700}.interactive{fill:#1a7f37}
@media (prefers-color-scheme:dark){text{fill:#f0f3f6}.note{fill:#b1bac4}.back{fill:#0d1117}.grid{stroke:#30363d}
.line{stroke:#6e7681}.paint{fill:#b1bac4}.stripe{fill:#a8a3ff}.sender{fill:#ffa657}.interactive{fill:#56d364}}`;

/** The SVG, by the medians. */
export function pictureOf(title, senders) {
  const entries = Object.entries(senders);
  const most = Math.max(...entries.flatMap(([, row]) => Object.keys(FELT).map((what) => row[what].median)));
  const seconds = Math.ceil(most / 500) / 2;
  const x = (ms) => (LEFT + (ms / 1000 / seconds) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const bottom = TOP + ROW * entries.length;
  const mark = (what, across, down) =>
    `<path d="${FELT[what].mark}" class="${what}" transform="translate(${across} ${down})"/>`;
  const legend = Object.entries(FELT).map(
    ([what, of], i) => `${mark(what, 30 + i * 180, 48)}<text x="${44 + i * 180}" y="52">${of.title}</text>`,
  );
  const grid = Array.from({ length: seconds * 2 + 1 }, (_, half) => half * 500).map(
    (ms) =>
      `<path d="M${x(ms)} ${TOP} V${bottom}" class="grid"/>` +
      `<text x="${x(ms)}" y="${bottom + 18}" class="note" text-anchor="middle">${ms / 1000} s</text>`,
  );
  const rows = entries.map(([name, row], i) => {
    const y = TOP + ROW * (i + 0.5);
    const marks = Object.keys(FELT).map((what) => mark(what, x(row[what].median), y));
    const line = `<path d="M${x(0)} ${y} H${x(row.interactive.median)}" class="line"/>`;
    return `<text x="20" y="${y + 4}">${plain(name)}</text>${line}${marks.join("")}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 30}" role="img" aria-labelledby="title">
<title id="title">${title}</title>
<style>${STYLE}
</style>
<rect width="${WIDTH}" height="${bottom + 30}" class="back"/>
<text x="20" y="24" font-weight="600">${title}</text>
${[...legend, ...grid, ...rows].join("\n")}
</svg>
`;
}
