//! The table of answers, row by row, with the answers of public reports: which are a yes, which a no, and which are neither.

use checkout_updates::answer::{Body, BodyContent, Json, LONGEST_BODY, Parsed, judge};
use checkout_updates::failure::Kind;
use proptest::prelude::*;

/// JSON as `serde_json` parses it.
#[derive(Clone, Debug, PartialEq)]
struct Value(serde_json::Value);

impl Parsed for Value {
    fn view(&self) -> Json<Self> {
        match &self.0 {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(flag) => Json::Flag(*flag),
            serde_json::Value::Number(number) => Json::Number(number.as_f64().unwrap()),
            serde_json::Value::String(text) => Json::Text(text.clone()),
            serde_json::Value::Array(list) => Json::List(list.iter().cloned().map(Self).collect()),
            serde_json::Value::Object(members) => {
                Json::Object(members.iter().map(|(name, value)| (name.clone(), Self(value.clone()))).collect())
            }
        }
    }
}

fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().map(Value)
}

fn read(status: u16, text: &str) -> BodyContent<Value> {
    BodyContent::of_text(status, text, &parse)
}

/// What an answer of this status and text is.
fn verdict(status: u16, text: &str) -> Result<(), Kind> {
    judge(status, read(status, text).body)
}

#[test]
fn a_yes_is_a_success() {
    for text in [
        "",
        " \r\n",
        "\u{feff}",
        "null",
        "true",
        " true\n",
        "\"OK\"",
        "\"\"",
        "1",
        "3.5",
        "{}",
        "[]",
        "[1, 2]",
        "[null]",
        "[\"error\"]",
        "[{}, {\"error\": \"of the second\"}]",
        r#"{"type":"success"}"#,
        "\u{feff}{\"type\":\"success\"}",
        r#"{"a":1}"#,
        r#"{"error":0,"message":""}"#,
        r#"{"error":"0"}"#,
        r#"{"error":"","errors":[],"errorMessage":null,"userErrors":{}}"#,
        r#"{"error":false}"#,
        r#"{"success":true,"error":"Was repaired."}"#,
        r#"{"Status":"OK","Errors":["Was repaired."]}"#,
        r#"{"status":200}"#,
        r#"{"statusCode":200,"body":"{\"type\":\"success\"}"}"#,
        r#"{"statusCode":200,"body":"error"}"#,
        r#"{"type":"success","body":"{\"type\":\"error\"}"}"#,
        r#"{"body":{"type":"error"}}"#,
        r#"{"body":"{\"body\":\"{\\\"type\\\":\\\"error\\\"}\"}"}"#,
        r#"{"status":"open"}"#,
        r#"{"status":600}"#,
        r#"{"status":399,"statusCode":"200"}"#,
        r#"{"success":1}"#,
        r#"{"status":0,"result":0}"#,
        r#"{"result":"an error was found and repaired"}"#,
        r#"{"data":{"type":"success","errors":["Was repaired."]}}"#,
        r#"{"data":{"cartLinesUpdate":{"userErrors":[]}},"errors":null}"#,
        r#"{"data":{"a":{"b":{"error":"too deep to be about the update"}}}}"#,
        r#"{"data":"error"}"#,
        r#"{"data":null}"#,
        "\"{\\\"type\\\":\\\"success\\\"}\"",
        "OK",
        "ok",
        "done",
        "Updated.",
        "Your plan was changed to yearly!",
        "Korb aktualisiert",
        "Ihr Token",
        "0 left",
        "-10",
        "cs_test_a1",
        "售完即止",
    ] {
        assert_eq!(verdict(200, text), Ok(()), "{text:?}");
    }
    let longest = "é".repeat(64);
    assert_eq!(verdict(200, &longest), Ok(()));
}

#[test]
fn a_no_is_a_refusal() {
    for text in [
        "false",
        "\u{feff}false\r\n",
        "0",
        "-1",
        " 0 ",
        "0.0",
        r#"{"type":"error"}"#,
        r#"{"Success":false}"#,
        r#"{"SUCCESS":false}"#,
        r#"{"success":"false"}"#,
        r#"{"success":"False"}"#,
        r#"{"success":0}"#,
        r#"{"ok":0}"#,
        r#"{"ok":false,"error":""}"#,
        r#"{"status":"declined"}"#,
        r#"{"status":"DENIED"}"#,
        r#"{"result":"rejected"}"#,
        r#"{"result":"ko"}"#,
        r#"{"status":"failure"}"#,
        r#"{"type":"other","status":"fail"}"#,
        r#"{"status":422}"#,
        r#"{"statusCode":400}"#,
        r#"{"status":599}"#,
        r#"{"statusCode":"503"}"#,
        r#"{"statusCode":400,"body":"{\"type\":\"success\"}"}"#,
        r#"{"error":"Sold out."}"#,
        r#"{"error":{"message":"Sold out."}}"#,
        r#"{"error":true}"#,
        r#"{"error":1}"#,
        r#"{"Errors":[""]}"#,
        r#"{"errorMessage":"Sold out."}"#,
        r#"{"userErrors":[{"field":["quantity"],"message":"Sold out."}]}"#,
        r#"{"error":null,"Error":"Sold out."}"#,
        r#"{"data":{"success":false}}"#,
        r#"{"data":{"errors":["Sold out."]}}"#,
        r#"{"data":{"cartLinesUpdate":{"userErrors":[{"message":"Sold out."}]}}}"#,
        r#"{"data":{"cart":null,"update":{"status":"failed"}}}"#,
        r#"{"data":[{"error":"Sold out."}]}"#,
        r#"[{"error":"Sold out."},400]"#,
        r#"[{"data":{"type":"error"}}]"#,
        r#"{"statusCode":200,"body":"{\"type\":\"error\"}"}"#,
        r#"{"body":" {\"error\":\"Sold out.\"}"}"#,
        "\"{\\\"type\\\":\\\"error\\\",\\\"message\\\":\\\"Sold out.\\\"}\"",
    ] {
        assert_eq!(verdict(200, text), Err(Kind::Refused), "{text:?}");
    }
}

#[test]
fn what_is_neither_is_no_answer() {
    let too_long = "é".repeat(65);
    for text in [
        "{",
        "[",
        "{\"type\":",
        "{type: 'success'}",
        "[object Object]",
        "{}{}",
        "<!doctype html>",
        "\u{feff}\n<html>",
        "<?xml version=\"1.0\"?><ok/>",
        // UTF-16, gzip, base64.
        "\u{fffd}\u{fffd}{\u{0}\"\u{0}",
        "O\u{0}K\u{0}",
        "\u{1f}\u{fffd}\u{8}\u{0}\u{0}",
        "eyJ0eXBlIjoiZXJyb3IifQ==",
        "eyJ0eXBlIjoiZXJyb3IiLCJhIjoxfQ",
        ")]}',\n{\"type\":\"success\"}",
        "while(1);[]",
        "for(;;);null",
        "callback({\"type\":\"success\"})",
        "/**/callback({});",
        "Warning: Undefined variable $x in /var/www/cart.php on line 3",
        "Warning: x\n{\"type\":\"success\"}",
        "Fatal error: Uncaught Exception",
        "Notice: x\n{\"type\":\"success\"}",
        "event: error\ndata: {}",
        "event: error",
        "data: {\"type\":\"success\"}",
        "type=error&message=Sold+out",
        "ok=0",
        "error",
        "failed",
        "False",
        "FALSE",
        "\"false\"",
        "\"error\"",
        "\"<html>\"",
        "\"a\\u0000\"",
        "ERROR: Sold out.",
        "Declined",
        "Request denied",
        "Payment was rejected.",
        "KO",
        "ko: sold out",
        "Invalid request",
        "TypeError: x is undefined",
        "java.lang.NullPointerException",
        "OK\nOK",
        "OK\u{85}OK",
        "OK\u{2028}OK",
        "OK;",
        "\"{broken}\"",
        r#"{"statusCode":200,"body":"{broken"}"#,
        &too_long,
    ] {
        assert_eq!(verdict(200, text), Err(Kind::BadResponse), "{text:?}");
        assert_eq!(read(200, text).message, None, "{text:?}");
    }
    let long = format!("\"{}\"", "a".repeat(LONGEST_BODY));
    assert_eq!(read(200, &long).body, Body::TooLong);
}

#[test]
fn accepted_is_not_done() {
    assert_eq!(verdict(202, " "), Err(Kind::BadResponse));
    assert_eq!(verdict(202, r#"{"type":"success"}"#), Ok(()));
    assert_eq!(verdict(202, r#"{"type":"error"}"#), Err(Kind::Refused));
}

#[test]
fn the_value_is_what_was_sent() {
    assert_eq!(read(200, "\"OK\"").value, parse("\"OK\""));
    let wrapped = r#"{"statusCode":200,"body":"{\"type\":\"success\"}"}"#;
    assert_eq!(read(200, wrapped).value, parse(wrapped));
    assert_eq!((read(200, "OK").value, read(200, "{").value, read(200, "").value), (None, None, None));
}

#[test]
fn a_value_that_was_parsed_already_is_judged_alike() {
    for text in ["null", "false", "0", "\"OK\"", "\"error\"", "[]", r#"{"type":"error","message":"Only 3 left."}"#] {
        let (read, parsed) = (read(200, text), BodyContent::of_json(200, parse(text).unwrap(), &parse));
        assert_eq!((parsed.body, parsed.value, parsed.message), (read.body, read.value, read.message), "{text}");
    }
}

/// The message and the code of an answer.
fn reason(status: u16, text: &str) -> (Option<String>, Option<String>) {
    let content = read(status, text);
    (content.message, content.code)
}

fn shown(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_customer_reads_the_first_sentence_of_a_no() {
    for text in [
        r#"{"message":"Only 3 left."}"#,
        r#"{"error":"Only 3 left."}"#,
        r#"{"error":{"message":"Only 3 left."}}"#,
        r#"{"detail":"Only 3 left."}"#,
        r#"{"Message":"Only 3 left.","detail":"Later on."}"#,
        r#"{"message":"out_of_stock","error":"Only 3 left."}"#,
        r#"{"message":7,"detail":" Only 3 left. "}"#,
        r#"[{"error":"Only 3 left."},400]"#,
        "\"{\\\"error\\\":\\\"Only 3 left.\\\"}\"",
        r#"{"statusCode":400,"body":"x","message":"Only 3 left."}"#,
        r#"{"body":"{\"error\":\"Only 3 left.\"}"}"#,
        r#"{"statusCode":400,"body":"{\"message\":\"Only 3 left.\"}"}"#,
        r#"{"message":"Only 3 left.","body":"{\"message\":\"Later on.\"}"}"#,
    ] {
        for status in [400, 402, 409, 422, 429] {
            assert_eq!(reason(status, text).0, shown("Only 3 left."), "{status} {text}");
        }
        for status in [401, 403, 404, 405, 408, 410, 419, 499, 500, 503] {
            assert_eq!(reason(status, text).0, None, "{status} {text}");
        }
    }
    let documented = r#"{"type":"error","message":"Only 3 left."}"#;
    for status in [200, 401, 403, 404, 419, 429] {
        assert_eq!(reason(status, documented).0, shown("Only 3 left."), "{status}");
    }
    for status in [408, 410, 499, 500] {
        assert_eq!(reason(status, documented).0, None, "{status}");
    }
    assert_eq!(reason(200, r#"{"message":"Only 3 left."}"#).0, None, "a yes has no reason");
    assert_eq!(reason(400, "Only 3 left.").0, None, "a text has no members");
    assert_eq!(reason(404, r#"{"message":"No query results for model"}"#).0, None);
    assert_eq!(reason(422, "{\"detail\":\"8\u{85}\"}").0, None);
}

#[test]
fn a_program_reads_the_first_code() {
    for (text, code) in [
        (r#"{"code":"out_of_stock"}"#, Some("out_of_stock")),
        (r#"{"Code":"out_of_stock","error":{"code":"other"}}"#, Some("out_of_stock")),
        (r#"{"code":7,"error":{"code":"out_of_stock"}}"#, Some("out_of_stock")),
        (r#"{"error":"out_of_stock"}"#, Some("out_of_stock")),
        (r#"{"code":"cs_test_a1","error":"out_of_stock"}"#, Some("out_of_stock")),
        (r#"{"error":"Only 3 left."}"#, None),
        (r#"{"code":"sk_live_1"}"#, None),
        ("out_of_stock", None),
    ] {
        for status in [400, 404, 429, 500] {
            assert_eq!(reason(status, text).1.as_deref(), code, "{status} {text}");
        }
    }
    assert_eq!(reason(200, r#"{"type":"error","code":"out_of_stock"}"#).1.as_deref(), Some("out_of_stock"));
    assert_eq!(reason(200, r#"{"code":"out_of_stock"}"#).1, None, "a yes has no reason");
}

#[test]
fn a_server_can_say_that_the_session_is_closed() {
    for code in ["session_closed", "session_expired"] {
        for text in [format!(r#"{{"code":"{code}"}}"#), format!(r#"{{"error":{{"code":"{code}"}}}}"#)] {
            for status in [400, 403, 404, 409, 410, 422, 429] {
                assert_eq!(verdict(status, &text), Err(Kind::SessionClosed), "{status} {text}");
                assert_eq!(reason(status, &text), (None, shown(code)));
            }
            for status in [408, 499, 500, 503] {
                assert_eq!(verdict(status, &text), Err(Kind::ServerError), "{status} {text}");
            }
            assert_eq!(verdict(200, &text), if text.contains("error") { Err(Kind::Refused) } else { Ok(()) });
        }
    }
    assert_eq!(verdict(410, ""), Err(Kind::SessionClosed));
    assert_eq!(verdict(400, r#"{"code":"other","error":{"code":"session_closed"}}"#), Err(Kind::Refused));
}

/// JSON of the members that matter, nested.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let words = prop_oneof![
        Just("error"),
        Just("success"),
        Just("OK"),
        Just("0"),
        Just(""),
        Just("{\"type\":\"error\"}"),
        Just("{"),
        Just("Only 3 left."),
        Just("out_of_stock"),
        Just("session_closed"),
        Just("cs_test_a1"),
        Just("<b>no</b> way")
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        prop_oneof![Just(-1), Just(0), Just(1), Just(400), Just(599)].prop_map(Into::into),
        words.prop_map(Into::into),
    ];
    let name = prop_oneof![
        Just("type"),
        Just("Success"),
        Just("status"),
        Just("statusCode"),
        Just("error"),
        Just("errors"),
        Just("data"),
        Just("body"),
        Just("message"),
        Just("code"),
        Just("detail"),
        Just("other")
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Into::into),
            proptest::collection::vec((name.clone(), inner), 0..5).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_it_says_it_is_judged_by_its_status_first(
        status in prop_oneof![Just(200_u16), Just(202), Just(204), Just(400), Just(404), Just(408), Just(409), Just(410), Just(429), Just(500)],
        value in json(),
    ) {
        let content = read(status, &value.to_string());
        let verdict = judge(status, content.body);
        match status {
            204 => prop_assert_eq!(verdict, Ok(())),
            200 | 202 => prop_assert!(matches!(verdict, Ok(()) | Err(Kind::Refused | Kind::BadResponse)), "{verdict:?}"),
            408 | 500 => prop_assert_eq!(verdict, Err(Kind::ServerError)),
            410 => prop_assert_eq!(verdict, Err(Kind::SessionClosed)),
            429 => prop_assert!(matches!(verdict, Err(Kind::RateLimited | Kind::SessionClosed)), "{verdict:?}"),
            _ => prop_assert!(matches!(verdict, Err(Kind::Refused | Kind::SessionClosed)), "{verdict:?}"),
        }
        let shows = verdict.is_err_and(Kind::shows_servers_words);
        prop_assert!(content.message.is_none_or(|message| shows && message == "Only 3 left."));
        let codes = ["error", "success", "OK", "0", "out_of_stock", "session_closed"];
        prop_assert!(content.code.is_none_or(|code| verdict.is_err() && codes.contains(&code.as_str())));
    }

    #[test]
    fn any_text_is_read(status: u16, text in "[\\x00-\\x20\"{}\\[\\]<0-9a-z:,é\u{85}\u{feff}]{0,40}") {
        let content = read(status, &text);
        prop_assert_eq!(content.value, parse(text.strip_prefix('\u{feff}').unwrap_or(&text).trim_ascii()));
    }
}
