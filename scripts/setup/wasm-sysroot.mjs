// What tests need beyond the package's build: a toolchain whose standard library for wasm32 is an ordinary one, with
// panic messages. rustup's has it; where Debian's compiler is used it is built once from the source, into a folder of
// our own that otherwise consists of links to the system's toolchain.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { cache, pathWith } from "../lib/places.mjs";
import { capture, run, step } from "../lib/run.mjs";
import { hashOf } from "../lib/stamp.mjs";

const TARGET = "wasm32-unknown-unknown";

async function buildStd(toolchain, work) {
  mkdirSync(join(work, "src"), { recursive: true });
  writeFileSync(join(work, "Cargo.toml"), '[package]\nname = "empty"\nedition = "2024"\n[workspace]\n');
  writeFileSync(join(work, "src", "lib.rs"), "");
  const env = {
    ...toolchain.env,
    RUSTC_BOOTSTRAP: "1",
    // Neither debug information nor checks of the library's own: tests look at our code.
    CARGO_PROFILE_DEV_DEBUG: "0",
    CARGO_PROFILE_DEV_DEBUG_ASSERTIONS: "false",
    CARGO_ENCODED_RUSTFLAGS: "",
    CARGO_TARGET_DIR: join(work, "target"),
  };
  const args = ["build", "--target", TARGET, "-Zbuild-std=std,panic_abort,test"];
  await run(toolchain.cargo, args, { cwd: work, env, quiet: true });
  return join(work, "target", TARGET, "debug", "deps");
}

function program(path, text) {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** Puts the library and links to everything else where rustc looks for them. */
function assemble(toolchain, deps, sysroot, final) {
  const host = /^host: (.+)$/m.exec(capture(toolchain.rustc, ["-vV"]))[1];
  const rustlib = join(sysroot, "lib", "rustlib");
  mkdirSync(join(rustlib, host, "bin"), { recursive: true });
  mkdirSync(join(rustlib, TARGET, "lib"), { recursive: true });
  mkdirSync(join(sysroot, "bin"));
  symlinkSync(join(toolchain.sysroot, "lib", "rustlib", host, "lib"), join(rustlib, host, "lib"));
  symlinkSync(toolchain.linker, join(rustlib, host, "bin", "rust-lld"));
  for (const name of readdirSync(deps).filter((file) => /^lib(?!empty-).*\.rlib$/.test(file))) {
    cpSync(join(deps, name), join(rustlib, TARGET, "lib", name));
  }
  for (const name of ["rustc", "rustdoc"]) {
    program(join(sysroot, "bin", name), `#!/bin/sh\nexec /usr/bin/${name} --sysroot "${final}" "$@"\n`);
  }
  symlinkSync(toolchain.cargo, join(sysroot, "bin", "cargo"));
}

/** The environment in which plain `cargo` and `wasm-pack` compile for wasm32. */
export async function wasmTestEnv(toolchain) {
  if (toolchain.world === "rustup") return {};
  const id = hashOf(["scripts/setup/wasm-sysroot.mjs"], capture(toolchain.rustc, ["-vV"]), toolchain.linker).slice(
    0,
    12,
  );
  const sysroot = join(cache, `wasm-sysroot-${id}`);
  if (!existsSync(sysroot)) {
    await step("Build the standard library for wasm32 (a minute, once)", async () => {
      const work = `${sysroot}.build`;
      rmSync(work, { recursive: true, force: true });
      const deps = await buildStd(toolchain, work);
      assemble(toolchain, deps, join(work, "sysroot"), sysroot);
      renameSync(join(work, "sysroot"), sysroot);
      rmSync(work, { recursive: true });
    });
  }
  return { PATH: pathWith(join(sysroot, "bin")) };
}
