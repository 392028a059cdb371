// A page of "?old" has no member that Safari 15.0, the oldest browser of docs/bundlers.md, lacks. It runs before anything
// else that a rule needs. tests/unit/oldest-browser.test.ts looks for the same in the text of dist/.
(() => {
  if (!new URLSearchParams(location.search).has("old")) return;
  const sequence = ["at", "findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with"];
  const sets = ["union", "intersection", "difference", "symmetricDifference"];
  const relations = ["isSubsetOf", "isSupersetOf", "isDisjointFrom"];
  const streams = ["CompressionStream", "DecompressionStream"];
  const globals = ["structuredClone", "reportError", "BroadcastChannel", "SharedWorker", "requestIdleCallback"];
  const later = [
    [globalThis, [...globals, ...streams, "Float16Array", "Iterator"]],
    [Array, ["fromAsync"]],
    [Array.prototype, sequence],
    [Object.getPrototypeOf(Uint8Array.prototype), sequence],
    [Uint8Array.prototype, ["toHex", "toBase64"]],
    [String.prototype, ["at", "isWellFormed", "toWellFormed"]],
    [Object, ["hasOwn", "groupBy"]],
    [Map, ["groupBy"]],
    [Set.prototype, [...sets, ...relations]],
    [Promise, ["withResolvers", "try"]],
    [RegExp, ["escape"]],
    [URL, ["canParse", "parse"]],
    [Response, ["json"]],
    [Headers.prototype, ["getSetCookie"]],
    [AbortSignal, ["abort", "any", "timeout"]],
    [AbortSignal.prototype, ["reason", "throwIfAborted"]],
    [Crypto.prototype, ["randomUUID"]],
    [Navigator.prototype, ["locks"]],
    [Element.prototype, ["checkVisibility"]],
    [Document.prototype, ["adoptedStyleSheets"]],
  ];
  for (const [owner, names] of later) {
    for (const name of names) if (!delete owner[name]) throw new Error(`${name} cannot be removed`);
  }
})();
