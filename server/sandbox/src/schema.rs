//! The validator: parameters are described as tables of [`Field`]s, and one walker checks a request against them.
//!
//! What comes out is JSON of the right types, where `null` stands for a parameter that was sent empty to clear it.

use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::form::Param;
use crate::money::{self, Decimal};
use crate::version::{Day, Version};

/// One parameter of an object.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What its value must be.
    pub rule: Rule,
    /// Whether it may be left out.
    pub required: bool,
}

/// A parameter that may be left out.
pub const fn optional(name: &'static str, rule: Rule) -> Field {
    Field { name, rule, required: false }
}

/// A parameter that must be sent.
pub const fn required(name: &'static str, rule: Rule) -> Field {
    Field { name, rule, required: true }
}

/// The parameters of an object, and what must hold between them.
#[derive(Debug)]
pub struct Shape {
    /// The parameters.
    pub fields: &'static [Field],
    /// What must hold between them.
    pub needs: &'static [Need],
}

/// A rule between the parameters of one object.
#[derive(Debug)]
pub enum Need {
    /// One of these must be sent, and only one.
    ExactlyOne(&'static [&'static str]),
    /// Like `ExactlyOne`, but none is needed where the named parameter was sent.
    ExactlyOneUnless(&'static [&'static str], &'static str),
    /// At most one may be sent.
    AtMostOne(&'static [&'static str]),
    /// A line item's `quantity` must be sent, unless the item has an `id`.
    Quantity,
    /// The second must be sent with the first, and only with it.
    Together(&'static str, &'static str),
    /// The first, where both were sent, is at most the second.
    Ordered(&'static str, &'static str),
    /// The named amount is one of the `currency` beside it: not too large, and no fraction that cannot be charged.
    AmountOfCurrency(&'static str),
    /// `interval_count` is at most three years of `interval`.
    ThreeYears,
}

/// What a value must be.
#[derive(Debug)]
pub enum Rule {
    /// Text of at most so many characters.
    Text(usize),
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A whole number in this range.
    Integer(i64, i64),
    /// A time, in seconds since the Unix epoch.
    Time,
    /// `true` or `false`.
    Boolean,
    /// A currency of the API, in lower case.
    Currency,
    /// An amount in minor units with at most 12 decimal places, no larger than the bound.
    Amount(i64),
    /// A percentage above 0.
    Percentage,
    /// A web address.
    Url,
    /// An e-mail address.
    Email,
    /// A two-letter country code.
    Country,
    /// Key-value pairs; a value sent empty unsets its key.
    Metadata,
    /// At most so many values of one kind.
    List(&'static Rule, usize),
    /// At least one and at most so many values of one kind.
    NonEmptyList(&'static Rule, usize),
    /// Values of one kind by currency.
    ByCurrency(&'static Rule),
    /// An object.
    Object(&'static Shape),
    /// A value, or an object in its place.
    Either(&'static Rule, &'static Shape),
    /// A value that can be cleared by sending it empty.
    Clearable(&'static Rule),
    /// One rule from an API version on, and another before; `None` where there is no such parameter.
    Since(Day, Option<&'static Rule>, Option<&'static Rule>),
    /// One of these, each by its name from an API version on and by the one it had before, if it was there.
    Renamed(Day, &'static [(&'static str, Option<&'static str>)]),
    /// A parameter of the beta that let servers update sessions first.
    Beta(&'static Rule),
    /// A parameter that is in preview since an API version.
    Preview(Day, &'static Rule),
    /// A parameter of the API that this sandbox leaves out.
    LeftOut,
}

/// The longest address, in characters.
const LONGEST_URL: usize = 5000;
const METADATA_KEYS: usize = 50;
const METADATA_KEY_LENGTH: usize = 40;
const METADATA_VALUE_LENGTH: usize = 500;

/// Checks the parameters of a request. `version` is the API version of the caller.
pub fn check(shape: &Shape, params: &Param, version: Version) -> Result<Value, ApiError> {
    Walker { version }.object(shape, params, "")
}

struct Walker {
    version: Version,
}

impl Walker {
    fn object(&self, shape: &Shape, param: &Param, path: &str) -> Result<Value, ApiError> {
        let Param::Map(entries) = param else { return Err(ApiError::invalid(path, "Invalid object")) };
        if entries.is_empty() && !path.is_empty() {
            return Err(ApiError::invalid(path, "Invalid object"));
        }
        let mut checked = Map::new();
        for (name, value) in entries {
            let inner = join(path, name);
            let field = shape.fields.iter().find(|field| field.name == name);
            let field = field.ok_or_else(|| ApiError::unknown(&inner))?;
            checked.insert(name.clone(), self.value(&field.rule, value, &inner)?);
        }
        for field in shape.fields.iter().filter(|field| field.required) {
            match checked.get(field.name) {
                None => return Err(ApiError::missing(join(path, field.name))),
                Some(Value::String(text)) if text.trim().is_empty() => {
                    let message = format!("Invalid string: '{}' must not be blank", join(path, field.name));
                    return Err(ApiError::parameter("parameter_invalid_string_blank", join(path, field.name), message));
                }
                Some(_) => {}
            }
        }
        for need in shape.needs {
            satisfy(need, &checked, path)?;
        }
        Ok(Value::Object(checked))
    }

    fn value(&self, rule: &Rule, param: &Param, path: &str) -> Result<Value, ApiError> {
        match rule {
            Rule::Object(shape) => self.object(shape, not_empty(param, path)?, path),
            Rule::Either(_, shape) if matches!(param, Param::Map(_)) => self.object(shape, param, path),
            Rule::Either(rule, _) => self.value(rule, param, path),
            Rule::List(rule, most) => self.list(rule, 0, *most, param, path),
            Rule::NonEmptyList(rule, most) => self.list(rule, 1, *most, param, path),
            Rule::ByCurrency(rule) => self.by_currency(rule, param, path),
            Rule::Metadata => metadata(param, path),
            Rule::Clearable(_) if *param == Param::Text(String::new()) => Ok(Value::Null),
            Rule::Clearable(rule) => self.value(rule, param, path),
            Rule::Since(since, rule, before) => match if self.version.day >= *since { rule } else { before } {
                Some(rule) => self.value(rule, param, path),
                None => Err(ApiError::unknown_in(path, self.version.name)),
            },
            Rule::Beta(rule) if self.version.server_updates => self.value(rule, param, path),
            Rule::Beta(_) => Err(ApiError::unknown(path)),
            Rule::Preview(since, rule) if self.version.preview && self.version.day >= *since => {
                self.value(rule, param, path)
            }
            Rule::Preview(..) => Err(ApiError::preview(path)),
            Rule::LeftOut => Err(ApiError::left_out(path)),
            _ => match not_empty(param, path)? {
                Param::Text(text) => match rule {
                    Rule::Renamed(day, names) => self.renamed(*day, names, text, path),
                    _ => scalar(rule, text, path),
                },
                _ => Err(ApiError::invalid(path, "Invalid string: an array or a hash was sent")),
            },
        }
    }

    fn list(&self, rule: &Rule, least: usize, most: usize, param: &Param, path: &str) -> Result<Value, ApiError> {
        let elements = elements(not_empty(param, path)?).ok_or_else(|| ApiError::invalid(path, "Invalid array"))?;
        if elements.len() < least {
            return Err(ApiError::invalid(path, format!("Array must have at least {least} elements")));
        }
        if elements.len() > most {
            return Err(ApiError::invalid(path, format!("Array {path} exceeded maximum {most} allowed elements.")));
        }
        let checked = elements
            .iter()
            .enumerate()
            .map(|(index, element)| self.value(rule, element, &join(path, &index.to_string())));
        checked.collect::<Result<Vec<_>, _>>().map(Value::Array)
    }

    fn renamed(
        &self,
        day: Day,
        names: &[(&'static str, Option<&'static str>)],
        text: &str,
        path: &str,
    ) -> Result<Value, ApiError> {
        let is_new = self.version.day >= day;
        let here = |(now, before): &(&'static str, Option<&'static str>)| if is_new { Some(*now) } else { *before };
        let known: Vec<&str> = names.iter().filter_map(here).collect();
        if known.contains(&text) {
            return Ok(text.into());
        }
        let mut message = format!("Invalid {path}: must be one of {}", or(&known));
        if let Some(elsewhere) = names.iter().find(|(now, before)| *now == text || *before == Some(text)) {
            let (version, since) = (self.version.name, day.release());
            message.push_str(&match here(elsewhere) {
                Some(name) => format!(". In API version {version}, `{text}` is called `{name}`: send {path}={name}"),
                None => format!(". API version {version} has no `{text}`"),
            });
            if !is_new {
                message.push_str(&format!(", or Stripe-Version: {since} (or later) with {path}={text}"));
            }
        }
        Err(ApiError::invalid(path, message))
    }

    fn by_currency(&self, rule: &Rule, param: &Param, path: &str) -> Result<Value, ApiError> {
        let Param::Map(entries) = not_empty(param, path)? else {
            return Err(ApiError::invalid(path, "Invalid object"));
        };
        let mut checked = Map::new();
        for (code, value) in entries {
            let inner = join(path, code);
            if !money::is_currency(code) {
                return Err(ApiError::invalid(inner, "Invalid currency: see the list of supported currencies"));
            }
            let value = self.value(rule, value, &inner)?;
            if let Some(amount) = value.get("amount") {
                amount_of(code, amount, &join(&inner, "amount"))?;
            }
            checked.insert(code.clone(), value);
        }
        Ok(Value::Object(checked))
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}[{name}]") }
}

fn not_empty<'a>(param: &'a Param, path: &str) -> Result<&'a Param, ApiError> {
    if *param != Param::Text(String::new()) {
        return Ok(param);
    }
    let message = format!(
        "You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; however \
         '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty value."
    );
    Err(ApiError::parameter("parameter_invalid_empty", path, message))
}

/// The elements of `a[]` or `a[0]`, in order; gaps between indices are closed.
fn elements(param: &Param) -> Option<Vec<&Param>> {
    match param {
        Param::List(elements) => Some(elements.iter().collect()),
        Param::Map(entries) => {
            let mut indexed = Vec::with_capacity(entries.len());
            for (key, element) in entries {
                indexed.push((key.parse::<u32>().ok()?, element));
            }
            indexed.sort_by_key(|(index, _)| *index);
            Some(indexed.into_iter().map(|(_, element)| element).collect())
        }
        Param::Text(_) => None,
    }
}

fn scalar(rule: &Rule, text: &str, path: &str) -> Result<Value, ApiError> {
    match rule {
        Rule::Text(most) if text.chars().count() > *most => {
            Err(ApiError::invalid(path, format!("Invalid string: must be at most {most} characters")))
        }
        Rule::OneOf(names) if !names.contains(&text) => {
            Err(ApiError::invalid(path, format!("Invalid {path}: must be one of {}", or(names))))
        }
        Rule::Integer(least, most) => integer(text, *least, *most, path),
        Rule::Time => integer(text, 0, i64::MAX / 2, path),
        Rule::Boolean => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(ApiError::invalid(path, "Invalid boolean: must be true or false")),
        },
        Rule::Currency if !money::is_currency(text) => {
            Err(ApiError::invalid(path, "Invalid currency: see the list of supported currencies"))
        }
        Rule::Amount(most) => match Decimal::parse(text) {
            None => {
                Err(ApiError::invalid(path, "Invalid decimal: must be non-negative, with at most 12 decimal places"))
            }
            Some(amount) if amount > Decimal::whole(*most) => {
                Err(ApiError::invalid(path, format!("Invalid decimal: must be at most {most}")))
            }
            Some(_) => Ok(text.into()),
        },
        Rule::Percentage => match (Decimal::parse(text), text.parse::<f64>()) {
            (Some(exact), Ok(number)) if exact > Decimal::whole(0) && exact <= Decimal::whole(100) => Ok(number.into()),
            _ => Err(ApiError::invalid(path, "Invalid decimal: must be greater than 0 and at most 100")),
        },
        Rule::Url if !is_url(text) => Err(ApiError::parameter(
            "url_invalid",
            path,
            "Not a valid URL: URLs must begin with http:// or https:// and be at most 5000 characters",
        )),
        Rule::Email if !is_email(text) => {
            Err(ApiError::parameter("email_invalid", path, "Invalid email address. Check that it is well-formed."))
        }
        Rule::Country if !crate::countries::is_country(text) => Err(ApiError::parameter(
            "country_unsupported",
            path,
            "Country is not a supported two-letter country code (ISO 3166-1 alpha-2)",
        )),
        _ => Ok(text.into()),
    }
}

fn integer(text: &str, least: i64, most: i64, path: &str) -> Result<Value, ApiError> {
    let number: i64 = text.parse().map_err(|_| ApiError::integer(path, "Invalid integer"))?;
    if number < least {
        return Err(ApiError::integer(path, format!("This value must be greater than or equal to {least}.")));
    }
    if number > most {
        return Err(ApiError::integer(path, format!("This value must be less than or equal to {most}.")));
    }
    Ok(number.into())
}

/// `a`, `a or b`, `a, b, or c`.
fn or(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [name] => (*name).to_owned(),
        [first, second] => format!("{first} or {second}"),
        [rest @ .., last] => format!("{}, or {last}", rest.join(", ")),
    }
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    text.chars().count() <= LONGEST_URL
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace))
}

fn is_email(text: &str) -> bool {
    let is_plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
    text.len() <= 512
        && text.split_once('@').is_some_and(|(name, domain)| {
            is_plain(name)
                && is_plain(domain)
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
        })
}

fn metadata(param: &Param, path: &str) -> Result<Value, ApiError> {
    let entries = match param {
        Param::Text(text) if text.is_empty() => return Ok(Value::Null),
        Param::Map(entries) => entries,
        _ => return Err(ApiError::invalid(path, "Invalid object")),
    };
    if entries.len() > METADATA_KEYS {
        return Err(ApiError::invalid(path, format!("You may have at most {METADATA_KEYS} metadata keys")));
    }
    let mut checked = Map::new();
    for (key, value) in entries {
        let inner = join(path, key);
        if key.is_empty() || key.chars().count() > METADATA_KEY_LENGTH {
            let message = format!("Metadata keys must have 1 to {METADATA_KEY_LENGTH} characters");
            return Err(ApiError::invalid(inner, message));
        }
        let value = match value {
            Param::Text(text) if text.is_empty() => Value::Null,
            Param::Text(text) if text.chars().count() <= METADATA_VALUE_LENGTH => text.as_str().into(),
            Param::Text(_) => {
                let message = format!("Metadata values can have up to {METADATA_VALUE_LENGTH} characters");
                return Err(ApiError::invalid(inner, message));
            }
            _ => return Err(ApiError::invalid(inner, "Metadata values must be strings")),
        };
        checked.insert(key.clone(), value);
    }
    Ok(Value::Object(checked))
}

fn satisfy(need: &Need, sent: &Map<String, Value>, path: &str) -> Result<(), ApiError> {
    match need {
        Need::ExactlyOne(names) => exactly_one(names, false, sent, path),
        Need::ExactlyOneUnless(names, unless) => exactly_one(names, sent.contains_key(*unless), sent, path),
        Need::AtMostOne(names) => exactly_one(names, true, sent, path),
        Need::Quantity if !sent.contains_key("quantity") && !sent.contains_key("id") => {
            Err(ApiError::no_quantity(path))
        }
        Need::Quantity => Ok(()),
        Need::Together(first, second) => match (sent.contains_key(*first), sent.contains_key(*second)) {
            (true, false) => Err(ApiError::missing(join(path, second))),
            (false, true) => Err(ApiError::invalid(join(path, second), format!("{second} needs {first}"))),
            _ => Ok(()),
        },
        Need::Ordered(low, high) => match (sent.get(*low), sent.get(*high)) {
            (Some(Value::Number(least)), Some(Value::Number(most))) if least.as_i64() > most.as_i64() => {
                let message = format!("{low} must be less than or equal to {high}");
                Err(ApiError::integer(join(path, low), message))
            }
            _ => Ok(()),
        },
        Need::AmountOfCurrency(name) => match (sent.get("currency"), sent.get(*name)) {
            (Some(Value::String(currency)), Some(amount)) => amount_of(currency, amount, &join(path, name)),
            _ => Ok(()),
        },
        Need::ThreeYears => three_years(sent, path),
    }
}

/// An amount as it was checked: a number, or a text with decimals.
fn amount_of(currency: &str, amount: &Value, path: &str) -> Result<(), ApiError> {
    let found = amount.as_i64().map(Decimal::whole).or_else(|| Decimal::parse(amount.as_str()?));
    let Some(found) = found else { return Ok(()) };
    let (most, step) = (money::most(currency), money::step(currency));
    let refuse = |message: String| {
        // As for any other number outside its range, or any other text.
        Err(if amount.is_string() { ApiError::invalid(path, message) } else { ApiError::integer(path, message) })
    };
    if found > Decimal::whole(most) {
        return refuse(format!("This value must be less than or equal to {most}."));
    }
    if step > 1 && !found.is_multiple_of(step) {
        return refuse(format!("Invalid amount: in {currency} it must be evenly divisible by {step}."));
    }
    Ok(())
}

fn exactly_one(names: &[&str], none_will_do: bool, sent: &Map<String, Value>, path: &str) -> Result<(), ApiError> {
    let mut present = names.iter().filter(|name| sent.contains_key(**name));
    match (present.next(), present.next(), names.first()) {
        (Some(_), Some(second), _) => Err(ApiError::exclusive(join(path, second), names)),
        (None, _, Some(first)) if !none_will_do => Err(ApiError::missing(join(path, first))),
        _ => Ok(()),
    }
}

/// Three years, in each interval.
const LONGEST: &[(&str, i64)] = &[("day", 1095), ("week", 156), ("month", 36), ("year", 3)];

fn three_years(sent: &Map<String, Value>, path: &str) -> Result<(), ApiError> {
    let (Some(interval), Some(count)) = (sent.get("interval"), sent.get("interval_count")) else { return Ok(()) };
    let longest = LONGEST.iter().find(|(name, _)| interval == name).map_or(i64::MAX, |(_, most)| *most);
    if count.as_i64().is_some_and(|count| count > longest) {
        let message =
            format!("The interval may be at most three years; this value must be less than or equal to {longest}.");
        return Err(ApiError::integer(join(path, "interval_count"), message));
    }
    Ok(())
}
