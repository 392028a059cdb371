//! Form bodies and query strings in bracket form (`a[0][b]=c`, `a[][b]=c`, `%5B0%5D`), read into a tree.

use crate::error::ApiError;

/// Nesting beyond this is no parameter of the API.
const MAX_DEPTH: usize = 10;

/// A parameter as it was sent, before any schema has looked at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// A value; empty where the sender wants the parameter cleared.
    Text(String),
    /// `name[key]`, in the order sent; keys may be indices.
    Map(Vec<(String, Param)>),
    /// `name[]`.
    List(Vec<Param>),
}

/// Reads a body or a query string. The result is always a [`Param::Map`].
pub fn parse(encoded: &[u8]) -> Result<Param, ApiError> {
    let mut root = Param::Map(Vec::new());
    for (name, value) in form_urlencoded::parse(encoded) {
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
    Param::Map(Vec::new())
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
    let at = entries.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
        entries.push((key.to_owned(), vacant()));
        entries.len() - 1
    });
    entries.get_mut(at).map(|(_, param)| param).ok_or_else(|| malformed(name))
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
        (Some((first, rest)), Param::Map(entries)) => {
            entries.iter().find(|(key, _)| key == first).is_some_and(|(_, inner)| has(inner, rest))
        }
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
        Param::Map(entries.into_iter().map(|(key, param)| (key.to_owned(), param)).collect())
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
    fn names_that_make_no_sense_are_refused() {
        let deep = format!("a{}=1", "[b]".repeat(20));
        for encoded in ["a[b=1", "a[b]c=1", "[a]=1", "a=1&a[b]=2", "a[b]=1&a=2", "a[]=1&a[0]=2", deep.as_str()] {
            let error = parse(encoded.as_bytes()).unwrap_err();
            assert_eq!((error.status, error.code), (400, Some("parameter_invalid")), "{encoded}");
            assert!(error.param.is_some(), "{encoded}");
        }
    }
}
