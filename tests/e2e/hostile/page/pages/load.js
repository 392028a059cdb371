import("/dist/index.js").then(
  (module) => parent.arrived(window, module),
  (error) => parent.stopped(window, error),
);
