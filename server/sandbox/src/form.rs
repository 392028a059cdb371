//! Form bodies and query strings in bracket form (`a[0][b]=c`, `a[][b]=c`, `%5B0%5D`), read into a tree.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Deref;

use percent_encoding::percent_decode;
use sha2::{Digest, Sha256};

use crate::error::ApiError;

/// Nesting beyond this is no parameter of the API.
const MAX_DEPTH: usize = 10;

/// A parameter as it was sent, before any schema has looked at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// A value; empty where the sender wants the parameter cleared.
    Text(String),
    /// `name[key]`, in the order sent; keys may be indices.
    Map(Entries),
    /// `name[]`.
    List(Vec<Param>),
}

/// The entries of a map in the order sent, each found by its key without looking at the others.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    list: Vec<(String, Param)>,
    index: HashMap<String, usize>,
}

impl Entries {
    /// The entry `key`, added where it is new.
    fn child(&mut self, key: &str) -> Option<&mut Param> {
        let at = match self.index.get(key) {
            Some(at) => *at,
            None => {
                self.index.insert(key.to_owned(), self.list.len());
                self.list.push((key.to_owned(), vacant()));
                self.list.len() - 1
            }
        };
        self.list.get_mut(at).map(|(_, param)| param)
    }

    /// The entry `key`.
    pub fn get(&self, key: &str) -> Option<&Param> {
        self.index.get(key).and_then(|at| self.list.get(*at)).map(|(_, param)| param)
    }
}

impl Deref for Entries {
    type Target = [(String, Param)];

    fn deref(&self) -> &Self::Target {
        &self.list
    }
}

impl<'a> IntoIterator for &'a Entries {
    type Item = &'a (String, Param);
    type IntoIter = std::slice::Iter<'a, (String, Param)>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl PartialEq for Entries {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl Eq for Entries {}

impl Param {
    /// The same for the same parameters, however they were encoded, and another for any others.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        self.feed(&mut hash);
        hash.finalize().into()
    }

    /// Every part with its kind and length before it, so that no two trees read alike.
    fn feed(&self, hash: &mut Sha256) {
        let mut part = |kind: u8, length: usize, bytes: &[u8]| {
            hash.update([kind]);
            hash.update(length.to_be_bytes());
            hash.update(bytes);
        };
        match self {
            Self::Text(text) => part(b't', text.len(), text.as_bytes()),
            Self::List(elements) => {
                part(b'l', elements.len(), &[]);
                elements.iter().for_each(|element| element.feed(hash));
            }
            Self::Map(entries) => {
                part(b'm', entries.len(), &[]);
                for (key, param) in entries {
                    hash.update(key.len().to_be_bytes());
                    hash.update(key);
                    param.feed(hash);
                }
            }
        }
    }
}

/// A name or a value, decoded.
fn decode(encoded: &[u8]) -> Result<String, ApiError> {
    let spaced: Vec<u8> = encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).decode_utf8().map(Cow::into_owned).map_err(|_| {
        let shown = String::from_utf8_lossy(encoded).into_owned();
        ApiError::invalid(shown, "Invalid encoding: parameters must be UTF-8")
    })
}

/// Reads a body or a query string. The result is always a [`Param::Map`].
pub fn parse(encoded: &[u8]) -> Result<Param, ApiError> {
    let mut root = vacant();
    for pair in encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let (name, value) = (decode(halves.next().unwrap_or_default())?, decode(halves.next().unwrap_or_default())?);
        if name.is_empty() && value.is_empty() {
            continue;
        }
        let path = split(&name)?;
        let (first, rest) = path.split_first().ok_or_else(|| malformed(&name))?;
        if first.is_empty() {
            return Err(malformed(&name));
        }
        insert(child(&mut root, first, &name)?, rest, &value, &name)?;
    }
    Ok(root)
}

/// `a[b][0]` as `["a", "b", "0"]`.
fn split(name: &str) -> Result<Vec<&str>, ApiError> {
    let Some((head, mut rest)) = name.split_once('[').map(|(head, _)| name.split_at(head.len())) else {
        return Ok(vec![name]);
    };
    let mut path = vec![head];
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[').ok_or_else(|| malformed(name))?;
        let (segment, after) = inner.split_once(']').ok_or_else(|| malformed(name))?;
        path.push(segment);
        rest = after;
    }
    if path.len() > MAX_DEPTH { Err(malformed(name)) } else { Ok(path) }
}

/// A slot that nothing was written to yet.
fn vacant() -> Param {
    Param::Map(Entries::default())
}

fn insert(slot: &mut Param, path: &[&str], value: &str, name: &str) -> Result<(), ApiError> {
    let Some((first, rest)) = path.split_first() else {
        return match slot {
            Param::Map(entries) if !entries.is_empty() => Err(conflict(name)),
            Param::List(_) => Err(conflict(name)),
            _ => {
                *slot = Param::Text(value.to_owned());
                Ok(())
            }
        };
    };
    if first.is_empty() {
        return insert(element(slot, rest, name)?, rest, value, name);
    }
    insert(child(slot, first, name)?, rest, value, name)
}

/// The entry `key` of a map, added where it is new.
fn child<'a>(slot: &'a mut Param, key: &str, name: &str) -> Result<&'a mut Param, ApiError> {
    let Param::Map(entries) = slot else { return Err(conflict(name)) };
    entries.child(key).ok_or_else(|| malformed(name))
}

/// The element of `name[]` that a value belongs to: a new one as soon as the last one has such a value already.
fn element<'a>(slot: &'a mut Param, rest: &[&str], name: &str) -> Result<&'a mut Param, ApiError> {
    if *slot == vacant() {
        *slot = Param::List(Vec::new());
    }
    let Param::List(elements) = slot else { return Err(conflict(name)) };
    let full = elements.last().is_none_or(|last| rest.is_empty() || has(last, rest));
    if full {
        elements.push(vacant());
    }
    elements.last_mut().ok_or_else(|| malformed(name))
}

fn has(param: &Param, path: &[&str]) -> bool {
    match (path.split_first(), param) {
        (None, param) => *param != vacant(),
        (Some((&"", _)), _) => false,
        (Some((first, rest)), Param::Map(entries)) => entries.get(first).is_some_and(|inner| has(inner, rest)),
        _ => false,
    }
}

fn malformed(name: &str) -> ApiError {
    ApiError::invalid(name, "Invalid parameter name: brackets do not match, or nest too deep")
}

fn conflict(name: &str) -> ApiError {
    ApiError::invalid(name, "Invalid parameter: sent both as a value and as an array or a hash")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Param {
        Param::Text(value.into())
    }

    fn map(entries: Vec<(&str, Param)>) -> Param {
        let mut map = Entries::default();
        for (key, param) in entries {
            *map.child(key).unwrap() = param;
        }
        Param::Map(map)
    }

    #[test]
    fn every_bracket_form_is_read() {
        let indexed = map(vec![(
            "items",
            map(vec![("0", map(vec![("price", text("p"))])), ("1", map(vec![("id", text("li"))]))]),
        )]);
        let appended = map(vec![(
            "items",
            Param::List(vec![
                map(vec![("price", text("p")), ("quantity", text("1"))]),
                map(vec![("price", text("q")), ("quantity", text("2"))]),
            ]),
        )]);
        let cases: Vec<(&str, Param)> = vec![
            ("", map(vec![])),
            ("a=", map(vec![("a", text(""))])),
            ("a=1&a=2", map(vec![("a", text("2"))])),
            ("a=x+y%26", map(vec![("a", text("x y&"))])),
            ("items[0][price]=p&items[1][id]=li", indexed.clone()),
            ("items%5B0%5D%5Bprice%5D=p&items%5B1%5D%5Bid%5D=li", indexed),
            ("items[][price]=p&items[][quantity]=1&items[][price]=q&items[][quantity]=2", appended),
            ("t[]=a&t[]=b", map(vec![("t", Param::List(vec![text("a"), text("b")]))])),
            ("m[a b]=1", map(vec![("m", map(vec![("a b", text("1"))]))])),
            (
                "i[][t][]=a&i[][t][]=b",
                map(vec![("i", Param::List(vec![map(vec![("t", Param::List(vec![text("a"), text("b")]))])]))]),
            ),
        ];
        for (encoded, expected) in cases {
            assert_eq!(parse(encoded.as_bytes()).unwrap(), expected, "{encoded}");
        }
    }

    #[test]
    fn what_is_no_utf_8_is_refused() {
        for encoded in ["a=%FF", "%FF=a", "a=%C3", "m[%80]=1"] {
            let error = parse(encoded.as_bytes()).unwrap_err();
            assert_eq!((error.status, error.code), (400, None), "{encoded}");
        }
        assert!(parse(b"a=\xff").is_err());
        assert_eq!(parse("a=%E2%82%AC&b=€".as_bytes()).unwrap(), map(vec![("a", text("€")), ("b", text("€"))]));
        // What is no encoding stands for itself.
        assert_eq!(parse(b"a=100%&b=%zz").unwrap(), map(vec![("a", text("100%")), ("b", text("%zz"))]));
    }

    #[test]
    fn the_time_grows_with_the_number_of_parameters() {
        let body =
            |count: u32| (0..count).map(|n| format!("metadata[k{n}]=v&line_items[{n}][id]=li")).collect::<Vec<_>>();
        let took = |count: u32| {
            let encoded = body(count).join("&");
            let start = std::time::Instant::now();
            assert!(parse(encoded.as_bytes()).is_ok());
            start.elapsed()
        };
        // Ten times as many take some ten times as long, and took a hundred times as long.
        let few = (0..5).map(|_| took(2_000)).min().unwrap();
        let many = (0..3).map(|_| took(20_000)).min().unwrap();
        assert!(many < few * 40, "{few:?}, {many:?}");
    }

    #[test]
    fn digests_tell_parameters_apart() {
        let digest = |encoded: &str| parse(encoded.as_bytes()).unwrap().digest();
        assert_eq!(digest("metadata[a]=1&b=x+y"), digest("metadata%5Ba%5D=1&b=x%20y"));
        let different =
            ["", "a=1", "a=2", "b=1", "a[]=1", "a[0]=1", "a[]=1&a[]=", "a=1&b=", "a[b]=1", "ab=1", "a=&b=1"];
        for (index, one) in different.iter().enumerate() {
            for other in &different[index + 1..] {
                assert_ne!(digest(one), digest(other), "{one} {other}");
            }
        }
    }

    #[test]
    fn names_that_make_no_sense_are_refused() {
        let deep = format!("a{}=1", "[b]".repeat(20));
        for encoded in ["a[b=1", "a[b]c=1", "[a]=1", "a=1&a[b]=2", "a[b]=1&a=2", "a[]=1&a[0]=2", deep.as_str()] {
            let error = parse(encoded.as_bytes()).unwrap_err();
            assert_eq!((error.status, error.code), (400, None), "{encoded}");
            assert!(error.param.is_some(), "{encoded}");
        }
    }
}
