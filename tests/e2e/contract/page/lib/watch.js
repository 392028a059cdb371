// Notes whatever a page can say that nobody asked for. It runs before anything else.
(() => {
  const notes = [];
  for (const method of ["log", "info", "debug", "warn", "error", "trace", "assert"]) {
    console[method] = (...said) => notes.push(`console.${method}: ${said.map(String).join(" ")}`);
  }
  window.addEventListener("error", (event) => {
    notes.push(`error: ${event.message}`);
    event.preventDefault();
  });
  window.addEventListener("unhandledrejection", (event) => {
    notes.push(`unhandled rejection: ${event.reason}`);
    event.preventDefault();
  });
  document.addEventListener("securitypolicyviolation", (event) => notes.push(`policy: ${event.violatedDirective}`));
  window.notes = notes;
})();
