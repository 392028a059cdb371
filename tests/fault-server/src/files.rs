//! The page and the built package, so that both come from the origin of the faults.

use std::path::{Component, Path, PathBuf};

use crate::control::{Ports, misuse};
use crate::http::{Answer, Request};

/// The demo's policy: all that the package needs.
const STRICT: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/// One that forbids WebAssembly.
const NO_WASM: &str = "default-src 'self'; script-src 'self'";

/// A folder and the path that it is served under, which ends with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    prefix: String,
    root: PathBuf,
}

impl Folder {
    /// Reads `folder=/prefix`.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the argument.
    pub fn parse(argument: &str) -> Result<Self, String> {
        let (root, prefix) = argument.rsplit_once('=').ok_or_else(|| format!("{argument}: not folder=/prefix"))?;
        if !prefix.starts_with('/') {
            return Err(format!("{argument}: the prefix starts with /"));
        }
        if !Path::new(root).is_dir() {
            return Err(format!("{root}: no such folder"));
        }
        Ok(Self { prefix: format!("{}/", prefix.trim_end_matches('/')), root: root.into() })
    }
}

/// The file that a `GET` is for, from the folder with the longest prefix.
pub fn answer(request: &Request, folders: &[Folder], ports: Ports) -> Option<Answer> {
    if request.method != "GET" {
        return None;
    }
    let fits = |folder: &&Folder| request.path.starts_with(&folder.prefix);
    let folder = folders.iter().filter(fits).max_by_key(|folder| folder.prefix.len())?;
    let rest = request.path.strip_prefix(&folder.prefix)?;
    let rest = if rest.is_empty() || rest.ends_with('/') { format!("{rest}index.html") } else { rest.to_owned() };
    if !Path::new(&rest).components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let bytes = std::fs::read(folder.root.join(&rest)).ok()?;
    let answer = Answer::new(200, kind(&rest), bytes);
    let asked = request.params().find(|(name, _)| name == "policy");
    // The ports stand for other origins.
    let others = format!(
        "; connect-src 'self' http://127.0.0.1:{} http://127.0.0.1:{} http://127.0.0.1:{}",
        ports.other, ports.unaccepting, ports.refusing
    );
    let policy = match asked.as_ref().map(|(_, value)| value.as_str()) {
        Some("strict") => STRICT.to_owned(),
        // For a page with frames of other schemes.
        Some("frames") => format!("{STRICT}{others}; frame-src 'self' blob: data:"),
        Some("no-wasm") => format!("{NO_WASM}{others}"),
        None => format!("{STRICT}{others}"),
        Some(other) => return Some(misuse(&format!("policy={other}"))),
    };
    // A page must be stored, or Firefox does not keep it in its back/forward cache. What it loads is fetched once for all
    // pages of a browser: the contract has hundreds.
    let cache = if rest.ends_with(".html") { "no-cache" } else { "max-age=600" };
    Some(answer.with("content-security-policy", policy).with("cache-control", cache))
}

fn kind(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs" | "cjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORTS: Ports = Ports { page: 1, other: 2, unaccepting: 3, refusing: 4 };

    fn get(target: &str, folders: &[Folder]) -> Option<Answer> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let request =
            Request { method: "GET".into(), path: path.into(), query: query.into(), headers: vec![], body: vec![] };
        answer(&request, folders, PORTS)
    }

    #[test]
    fn a_page_has_the_policy_that_it_asks_for() {
        let folders = [Folder::parse(&format!("{}/src=/", env!("CARGO_MANIFEST_DIR"))).unwrap()];
        let others = "; connect-src 'self' http://127.0.0.1:2 http://127.0.0.1:3 http://127.0.0.1:4";
        for (target, policy) in [
            ("/main.rs?policy=strict", STRICT.to_owned()),
            ("/main.rs?policy=no-wasm&clock=", format!("{NO_WASM}{others}")),
            ("/main.rs?policy=frames", format!("{STRICT}{others}; frame-src 'self' blob: data:")),
            ("/main.rs", format!("{STRICT}{others}")),
        ] {
            let answer = get(target, &folders).unwrap();
            assert!(answer.headers.contains(&("content-security-policy".into(), policy)), "{target}");
        }
        assert_eq!(get("/main.rs?policy=lax", &folders).unwrap().status, 418);
    }

    #[test]
    fn serves_the_folder_with_the_longest_prefix_and_nothing_beside_it() {
        let root = env!("CARGO_MANIFEST_DIR");
        let folders =
            [Folder::parse(&format!("{root}/src=/")).unwrap(), Folder::parse(&format!("{root}=/crate/")).unwrap()];
        assert!(get("/main.rs", &folders).is_some());
        assert!(get("/crate/Cargo.toml", &folders).is_some());
        for path in ["/", "/none.rs", "/../Cargo.toml", "/crate/../src/main.rs", "//etc/passwd", "/crate//etc/passwd"] {
            assert!(get(path, &folders).is_none(), "{path}");
        }
    }

    #[test]
    fn refuses_what_is_no_folder() {
        for argument in ["src", "src=page", "none-such=/"] {
            assert!(Folder::parse(argument).is_err(), "{argument}");
        }
    }
}
