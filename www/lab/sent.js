import { byId, fromTemplate, setText } from "../dom.js";
import { SIDES } from "./sides.js";

const positionOf = ({ side }) => SIDES.findIndex(({ id }) => id === side);

/** Draws the requests of an experiment as the server received them: bodies and headers. */
export function drawSent(requests) {
  const place = byId("sent");
  byId("sent-section").hidden = requests.length === 0;
  const open = new Set([...place.querySelectorAll(".sent[open]")].map(({ dataset }) => dataset.number));
  place.replaceChildren(
    ...requests
      .toSorted((one, other) => positionOf(one) - positionOf(other))
      .map((request, position) => {
        const { number, path, headers, body } = request;
        const element = fromTemplate("sent-template");
        element.dataset.number = number;
        element.open = position === 0 || open.has(String(number));
        setText(element.querySelector("summary"), `${SIDES[positionOf(request)].name}: POST ${path}`);
        setText(element.querySelector("pre"), body);
        element.querySelector("pre").setAttribute("aria-label", `Body of request ${position + 1}`);
        element.querySelector(".scroll").setAttribute("aria-label", `Headers of request ${position + 1}`);
        const table = element.querySelector("table");
        for (const [name, value] of headers) {
          const row = table.insertRow();
          const head = row.appendChild(document.createElement("th"));
          head.scope = "row";
          head.textContent = name;
          row.insertCell().textContent = value;
        }
        return element;
      }),
  );
}
