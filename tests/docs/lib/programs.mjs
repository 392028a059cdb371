// The blocks as programs: what is `continued` stands behind what it continues.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allBlocks, root } from "./blocks.mjs";

/** Inside the repository, so that `checkout-updates` is the built package and its tools are found. */
export const folder = join(root, "build", "docs-test");

const MODULES = ["ts", "tsx", "js"];

/**
 * The blocks that are modules and no file, each with the whole of its program and the line on which the program begins.
 */
export function programs() {
  const found = [];
  for (const block of allBlocks().filter(({ language, file }) => MODULES.includes(language) && !file)) {
    const before = found.findLast(({ path, language }) => path === block.path && language === block.language);
    if (block.continued) {
      if (!before) throw new Error(`${block.path}:${block.line}: there is nothing to continue`);
      // Blank lines keep the numbers right.
      const gap = block.line - before.line - before.code.split("\n").length + 1;
      before.code += "\n".repeat(gap) + block.code;
      before.run ||= block.run;
      before.page ??= block.page;
      before.parts.push(block.line);
    } else {
      found.push({ ...block, parts: [block.line] });
    }
  }
  return found.map((program) => ({ ...program, name: `${nameOf(program)}.${program.language}` }));
}

const nameOf = ({ path, line }) => `${path.replace(/\.md$/, "").replaceAll("/", "-")}-${line}`;

/** Writes every program into a fresh folder of this name, and gives the folder. */
export function writePrograms(name) {
  const place = join(folder, name);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  for (const program of programs()) writeFileSync(join(place, program.name), program.code);
  return place;
}
