// What tells a module from that of any other build. Its names are short and mean something else in each, so a file that
// an upload or a cache left behind would run, and do anything.
import { createHash } from "node:crypto";

/** The custom section that holds the mark; js/slim.ts looks for it. */
const NAME = "mark";

/** The module with a mark of its own content in a custom section at its end, and the mark. */
export function markModule(bytes) {
  const mark = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const content = Buffer.concat([Buffer.from([NAME.length]), Buffer.from(NAME + mark)]);
  return { marked: Buffer.concat([bytes, Buffer.from([0, content.length]), content]), mark };
}
