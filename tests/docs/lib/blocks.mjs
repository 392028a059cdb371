// Markdown as far as these tests need it: fenced blocks, headings, links and tables.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's top folder. */
export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** Every page that users read, by its path from the top. */
export function documents() {
  const guides = readdirSync(join(root, "docs"), { recursive: true })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`);
  return ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", ...guides.sort()];
}

export const textOf = (path) => readFileSync(join(root, path), "utf8");

/**
 * The fenced blocks of a page. Behind the language stand the words that say how a block is tested: `continued` (it
 * goes on where the one before it of that language ended), `run`, `page=name`, `server`, `file=path` (it is that file).
 */
export function blocksOf(path) {
  const blocks = [];
  let open = null;
  textOf(path)
    .split("\n")
    .forEach((line, index) => {
      const [, indent, fence, info] = /^(\s*)(`{3,}|~{3,})\s*(.*)$/.exec(line) ?? [];
      if (!open && fence) {
        const [language = "", ...words] = info.split(/\s+/);
        open = { path, line: index + 2, fence, indent: indent.length, language, words, lines: [] };
      } else if (open && fence === open.fence && !info) {
        blocks.push(finished(open));
        open = null;
      } else if (open) {
        open.lines.push(line.slice(open.indent));
      }
    });
  if (open) throw new Error(`${path}:${open.line - 1}: this block does not end`);
  return blocks;
}

function finished({ path, line, language, words, lines }) {
  const known = /^(continued|run|server|page=[\w-]+|file=[\w./-]+)$/;
  const strange = words.find((word) => !known.test(word));
  if (strange) throw new Error(`${path}:${line - 1}: unknown word "${strange}" behind the language`);
  const named = (name) => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  const has = (word) => words.includes(word);
  const code = `${lines.join("\n")}\n`;
  const tested = { continued: has("continued"), run: has("run"), server: has("server") };
  return { path, line, language, code, page: named("page"), file: named("file"), ...tested };
}

/** Every block of every page. */
export const allBlocks = () => documents().flatMap(blocksOf);

/** The page without its blocks, line by line, so that lines keep their numbers. */
export function proseOf(path) {
  let fence = null;
  return textOf(path)
    .split("\n")
    .map((line) => {
      const [, marks] = /^\s*(`{3,}|~{3,})/.exec(line) ?? [];
      if (!fence && marks) fence = marks;
      else if (fence && line.trim() === fence) fence = null;
      else if (!fence) return line;
      return "";
    });
}

/** The tables of a page: each a list of rows, a row being a record by column heading. Cells keep their Markdown. */
export function tablesOf(path) {
  const cells = (line) =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split("|")
      .map((cell) => cell.trim());
  const tables = [];
  let head = null;
  let rows = null;
  for (const line of [...proseOf(path), ""]) {
    if (!line.trim().startsWith("|")) {
      head = rows = null;
    } else if (!head) {
      head = cells(line);
      tables.push((rows = []));
    } else if (!/^[|\s:-]+$/.test(line)) {
      rows.push(Object.fromEntries(cells(line).map((cell, column) => [head[column], cell])));
    }
  }
  return tables;
}

export const fromTop = (file) => relative(root, file);
