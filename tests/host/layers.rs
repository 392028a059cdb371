//! No module imports one that imports it, and no file is long without a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The most lines of a file. One that has more says why in its first comment, which then has [`REASON`].
const MOST_LINES: usize = 400;
const REASON: &str = "in one file";

/// Modules by name ("update::function"; "" is the root), each with those that it imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder whose name ends like this.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|its| its == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The name of the module in this file, relative to `src`.
fn module(file: &Path) -> String {
    let parts: Vec<_> = file.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    let parts: Vec<_> = parts.into_iter().filter(|part| !["mod", "lib", "main"].contains(&part.as_str())).collect();
    parts.join("::")
}

/// Code without comments, and without the tests at its end.
fn code(source: &str) -> String {
    let before_tests = |line: &&str| !line.starts_with("#[cfg(test") && !line.starts_with("#[cfg(all(test");
    let lines = source.lines().take_while(before_tests).map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths of a tree as `use` has them: `a::{b, c::{d, e}}` is `a::b`, `a::c::d`, `a::c::e`. Ends where the tree does.
fn paths(text: &str) -> Vec<String> {
    let (mut found, mut prefixes) = (Vec::new(), vec![String::new()]);
    let (mut path, mut is_renamed) = (String::new(), false);
    for part in text.split_inclusive([',', '{', '}', ' ', '\n', '(', ')', ';', '<', '>', '.', '&', '?', '=']) {
        let end = part.chars().last().unwrap();
        let word = part.trim_end_matches(|last: char| !last.is_alphanumeric() && !"_:*".contains(last));
        is_renamed |= word == "as";
        if !is_renamed {
            path.push_str(word);
        }
        let prefix = prefixes.last().unwrap().clone();
        match end {
            '{' => prefixes.push(prefix + &std::mem::take(&mut path)),
            ',' | '}' => {
                if !path.is_empty() {
                    found.push(prefix + &std::mem::take(&mut path));
                }
                is_renamed = false;
                if end == '}' {
                    prefixes.pop();
                }
            }
            ' ' | '\n' if prefixes.len() > 1 || path.is_empty() => {}
            _ => {
                found.push(prefix + &path);
                break;
            }
        }
        if prefixes.is_empty() || (prefixes.len() == 1 && end == '}') {
            break;
        }
    }
    found
}

/// The paths that a module's code names, all from the root of the crate.
fn named(of: &str, is_root: bool, code: &str, children: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["crate::", "super::", "self::", "use "] {
        for (position, _) in code.match_indices(start) {
            let before = code[..position].chars().last();
            if before.is_some_and(|before| before.is_alphanumeric() || ":_".contains(before)) {
                continue;
            }
            let text = &code[position..];
            let text = text.strip_prefix("use ").unwrap_or(text);
            for path in paths(text) {
                let mut base: Vec<&str> = of.split("::").filter(|part| !part.is_empty()).collect();
                let mut parts: Vec<&str> = path.split("::").collect();
                match parts.first() {
                    Some(&"crate") => base.clear(),
                    Some(&"self" | &"super") => {}
                    // A child by its name alone.
                    Some(first) if children.contains(*first) => {}
                    _ => continue,
                }
                while let Some(first @ ("crate" | "self" | "super")) = parts.first().copied() {
                    if first == "super" {
                        assert!(!is_root, "the root has nothing above it");
                        base.pop();
                    }
                    parts.remove(0);
                }
                base.extend(parts);
                found.push(base.join("::"));
            }
        }
    }
    found
}

/// What each module imports.
fn imports(sources: &BTreeMap<String, String>) -> Imports {
    let mut imports = Imports::new();
    for (name, source) in sources {
        let inside = if name.is_empty() { String::new() } else { format!("{name}::") };
        let children = sources.keys().filter_map(|other| other.strip_prefix(&inside));
        let children = children.filter(|child| !child.is_empty() && !child.contains("::")).map(str::to_owned).collect();
        let mut its = BTreeSet::new();
        for path in named(name, name.is_empty(), &code(source), &children) {
            let mut target = path.as_str();
            while !sources.contains_key(target) {
                target = target.rsplit_once("::").map_or("", |(above, _)| above);
            }
            if target != name {
                its.insert(target.to_owned());
            }
        }
        imports.insert(name.clone(), its);
    }
    imports
}

/// The modules that are imported from here, however far, on the way back to `to`.
fn way(imports: &Imports, from: &str, to: &str, seen: &mut BTreeSet<String>) -> Option<Vec<String>> {
    for next in &imports[from] {
        if next == to {
            return Some(vec![from.to_owned(), to.to_owned()]);
        }
        if seen.insert(next.clone())
            && let Some(mut way) = way(imports, next, to, seen)
        {
            way.insert(0, from.to_owned());
            return Some(way);
        }
    }
    None
}

/// The circles, as a way around each: modules that import each other are in one.
fn circles(imports: &Imports) -> Vec<String> {
    let (mut circles, mut known) = (Vec::new(), BTreeSet::new());
    for module in imports.keys() {
        if known.contains(module) {
            continue;
        }
        if let Some(way) = way(imports, module, module, &mut BTreeSet::new()) {
            let mut reached = BTreeSet::new();
            let all: BTreeSet<_> = imports
                .keys()
                .filter(|other| {
                    reached.clear();
                    let there = self::way(imports, module, other, &mut reached).is_some();
                    reached.clear();
                    there && self::way(imports, other, module, &mut reached).is_some()
                })
                .cloned()
                .collect();
            let way: Vec<_> = way.iter().map(|name| if name.is_empty() { "lib" } else { name }).collect();
            circles.push(format!(
                "{} (in all: {})",
                way.join(" -> "),
                all.iter().cloned().collect::<Vec<_>>().join(", ")
            ));
            known.extend(all);
        }
    }
    circles
}

fn sources() -> BTreeMap<String, String> {
    let folder = root().join("src");
    let of = |file: &PathBuf| (module(file.strip_prefix(&folder).unwrap()), fs::read_to_string(file).unwrap());
    files(&folder, "rs").iter().map(of).collect()
}

/// The names of files that are too long and do not say why.
fn too_long() -> Vec<String> {
    let scripts = fs::read_dir(root().join("js")).unwrap().map(|entry| entry.unwrap().path());
    let scripts = scripts.filter(|path| path.extension().is_some_and(|its| its == "ts"));
    let all = files(&root().join("src"), "rs").into_iter().chain(scripts);
    all.filter_map(|file| {
        let text = fs::read_to_string(&file).unwrap();
        let first = text.lines().take_while(|line| line.starts_with("//")).collect::<Vec<_>>().join("\n");
        let lines = text.lines().count();
        let name = file.strip_prefix(root()).unwrap().display().to_string();
        (lines > MOST_LINES && !first.contains(REASON)).then(|| format!("{name}: {lines} lines"))
    })
    .collect()
}

#[test]
fn no_module_imports_one_that_imports_it() {
    assert_eq!(circles(&imports(&sources())), Vec::<String>::new());
}

#[test]
fn no_file_is_long_without_a_reason() {
    assert_eq!(too_long(), Vec::<String>::new());
}

#[test]
fn each_form_of_an_import_is_understood() {
    let sources = [
        ("", "pub mod a;\npub use a::A;"),
        ("a", "use crate::b::{self, B};\nuse std::fmt;"),
        ("b", "mod c;\nuse self::c::C;\n// use crate::a::A;\n#[cfg(test)]\nuse crate::a::A;"),
        ("b::c", "use super::d::{\n    D as E,\n    e::{F, g},\n};\nfn h() -> super::super::i::I {}"),
        ("b::d", "fn f() {\n    crate::i::f(super::c::C);\n}"),
        ("b::d::e", ""),
        ("i", "use super::B;"),
    ];
    let sources = sources.map(|(name, source)| (name.to_owned(), source.to_owned())).into();
    let imports = imports(&sources);
    let of = |name: &str| imports[name].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(of(""), ["a"]);
    assert_eq!(of("a"), ["b"]);
    assert_eq!(of("b"), ["b::c"]);
    assert_eq!(of("b::c"), ["b::d", "b::d::e", "i"]);
    assert_eq!(of("b::d"), ["b::c", "i"]);
    assert_eq!(of("i"), [""], "what the root shows");
    assert_eq!(circles(&imports).len(), 1, "all of it is one: {:?}", circles(&imports));
}
