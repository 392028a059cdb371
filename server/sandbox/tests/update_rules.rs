//! Each rule of the update endpoint: what breaks it is refused by name, and nothing changes.

mod common;

use common::{Api, SESSIONS};

const RULES: &str = include_str!("update_rules.txt");

fn body(rule: &str, line_item: &str) -> String {
    let data = "line_items[0][price_data]";
    let new = format!("line_items[0][quantity]=1&{data}[currency]=usd&{data}[product_data][name]=Card");
    let details = "collected_information[shipping_details]";
    let address = format!("{details}[address][country]=US&{details}[address][line1]=1");
    let rate = "shipping_options[0][shipping_rate_data]";
    let rate = format!("{rate}[display_name]=Fast&{rate}[fixed_amount][amount]=5&{rate}[fixed_amount][currency]=usd");
    let many = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<Vec<_>>().join("&");
    let mut body = rule.to_owned();
    for (name, text) in [
        ("ITEM", line_item.to_owned()),
        ("NEW", new),
        ("IMAGES", many(9, &|n| format!("{data}[product_data][images][{n}]=https://x.example/{n}.png"))),
        ("METADATA", many(51, &|n| format!("metadata[k{n}]=v"))),
        ("OPTIONS", many(6, &|n| format!("shipping_options[{n}][shipping_rate]=shr_express"))),
        ("ADDRESS", address),
        ("NAME", format!("{details}[name]=Ada")),
        ("RATE", rate),
    ] {
        body = body.replace(name, &text);
    }
    texts(&body)
}

/// `TEXT41` becomes a text of 41 characters.
fn texts(text: &str) -> String {
    [1001, 501, 256, 101, 41, 23]
        .iter()
        .fold(text.to_owned(), |text, length| text.replace(&format!("TEXT{length}"), &"x".repeat(*length)))
}

#[tokio::test]
async fn each_rule_is_enforced_and_nothing_changes() {
    let api = Api::start().await;
    let path = api
        .session(
            "mode=payment&line_items[0][price]=price_mug&line_items[0][quantity]=1&metadata[order]=1\
             &shipping_address_collection[allowed_countries][]=US&shipping_options[0][shipping_rate]=shr_standard",
        )
        .await;
    let line_item = api.items(&path).await[0].0.clone();
    let whole = format!("{path}?expand[]=line_items&expand[]=shipping_options.shipping_rate");
    let before = api.get(&whole).await.text;
    let rules: Vec<&str> = RULES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(rules.len() > 90);
    for rule in rules {
        let [code, param, breaks] = rule.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{rule}") };
        let mut sent = body(breaks, &line_item);
        if !sent.contains("metadata") {
            // A change that would succeed goes first, so that an update by halves would show.
            sent = format!("metadata[order]=2&{sent}");
        }
        let answer = api.post(&path, &sent).await;
        let code = if code == "-" { "" } else { code };
        let expected = (400, "invalid_request_error", code, &*texts(param));
        assert_eq!(answer.error(), expected, "{rule}: {}", answer.text);
        assert!(answer.body["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{rule}");
        assert_eq!(answer.body["error"]["doc_url"].is_string(), !code.is_empty(), "{rule}");
        assert_eq!(api.get(&whole).await.text, before, "{rule}");
    }
}

#[tokio::test]
async fn a_session_that_is_not_open_is_left_alone() {
    let api = Api::start().await;
    let (expired, complete) = (api.mug().await, api.mug().await);
    api.post(&format!("{expired}/expire"), "").await;
    let id = complete.rsplit('/').next().unwrap();
    api.post(&format!("/sandbox/sessions/{id}/complete"), "").await;
    for path in [&expired, &complete] {
        let before = api.get(path).await.text;
        for target in [path.clone(), format!("{path}/expire")] {
            let answer = api.post(&target, "").await;
            let expected = (400, "invalid_request_error", "status_transition_invalid", "session");
            assert_eq!(answer.error(), expected, "{target}");
        }
        assert_eq!(api.get(path).await.text, before);
    }
}

#[tokio::test]
async fn shops_mark_a_complete_session_as_fulfilled() {
    let api = Api::start().await;
    let path = api.mug().await;
    let id = path.rsplit('/').next().unwrap();
    let item = api.items(&path).await[0].0.clone();
    api.post(&path, "metadata[order]=7").await;
    api.post(&format!("/sandbox/sessions/{id}/complete"), "").await;
    let marked = api.post(&path, "metadata[fulfilled]=yes&expand[]=line_items").await;
    assert_eq!(marked.status, 200, "{}", marked.text);
    assert_eq!(marked.body["metadata"], serde_json::json!({ "order": "7", "fulfilled": "yes" }));
    assert_eq!((&marked.body["status"], &marked.body["amount_total"]), (&"complete".into(), &1500.into()));
    for body in [format!("metadata[fulfilled]=no&line_items[0][id]={item}"), "shipping_options=&metadata[a]=1".into()] {
        assert_eq!(api.post(&path, &body).await.error().2, "status_transition_invalid", "{body}");
    }
    let expired = api.mug().await;
    api.post(&format!("{expired}/expire"), "").await;
    assert_eq!(api.post(&expired, "metadata[a]=1").await.error().2, "status_transition_invalid");
    assert_eq!(api.get(&path).await.body["metadata"]["fulfilled"], "yes");
}

/// Each parameter of an update, in bodies that change something, and where it can be updated.
const BY_UI_MODE: &[(&str, &str, &[&str])] = &[
    ("collected_information", "DETAILS", &["elements", "embedded_page"]),
    ("customer", "customer=cus_ada", &["elements", "form"]),
    ("discounts", "discounts[0][coupon]=TENTH", &["elements", "form"]),
    ("line_items", "line_items[0][price]=price_cap&line_items[0][quantity]=1", &["elements", "form"]),
    ("metadata", "metadata[a]=1", &["elements", "embedded_page", "form", "hosted_page"]),
    ("payment_intent_data", "payment_intent_data[description]=x", &["elements"]),
    ("shipping_options", "shipping_options[0][shipping_rate]=shr_express", &["elements", "embedded_page", "form"]),
    ("shipping_options", "shipping_options=", &["elements", "embedded_page", "form"]),
];

#[test]
fn the_readme_has_the_table_of_what_can_be_updated() {
    let readme = include_str!("../README.md");
    let row = |name: &str| readme.lines().find(|line| line.starts_with(&format!("| `{name}` ")));
    let heads: Vec<&str> = row_cells("| parameter | `elements` | `form` | `embedded_page` | `hosted_page` |");
    let listed = BY_UI_MODE.iter().filter(|(name, ..)| !["customer", "discounts"].contains(name));
    for (name, _, modes) in listed {
        let cells = row_cells(row(name).unwrap());
        for (mode, cell) in heads.iter().zip(cells).skip(1) {
            assert_eq!(cell == "yes", modes.contains(&mode.trim_matches('`')), "{name} {mode}");
        }
    }
}

fn row_cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split('|').map(str::trim).collect()
}

#[tokio::test]
async fn what_can_be_updated_depends_on_the_ui_mode() {
    let api = Api::with(|config| config.preview = true).await;
    let details = "collected_information[shipping_details]";
    let details = format!("{details}[name]=Ada&{details}[address][country]=US&{details}[address][line1]=1");
    for (mode, url) in [
        ("elements", "return_url"),
        ("embedded_page", "return_url"),
        ("form", "return_url"),
        ("hosted_page", "success_url"),
    ] {
        let create = format!(
            "ui_mode={mode}&{url}=https://x.example&mode=payment&line_items[0][price]=price_mug&line_items[0][quantity]=1\
             &shipping_options[0][shipping_rate]=shr_standard"
        );
        let path = format!("{SESSIONS}/{}", api.post(SESSIONS, &create).await.id());
        for (name, body, modes) in BY_UI_MODE {
            let before = api.get(&format!("{path}?expand[]=line_items")).await.text;
            let sent = body.replace("DETAILS", &details);
            let version = [("stripe-version", "2026-10-28.preview")];
            let answer = api.send(hyper::Method::POST, &path, &sent, &version).await.unwrap();
            if modes.contains(&mode) {
                assert_eq!(answer.status, 200, "{mode} {body}: {}", answer.text);
            } else {
                assert_eq!(answer.error(), (400, "invalid_request_error", "", *name), "{mode} {body}: {}", answer.text);
                assert!(answer.text.contains(&format!("This Checkout Session has a `ui_mode` of `{mode}`")));
                assert_eq!(api.get(&format!("{path}?expand[]=line_items")).await.text, before, "{mode} {body}");
            }
        }
    }
}

#[tokio::test]
async fn a_session_that_does_not_exist_is_404() {
    let api = Api::start().await;
    let expected = (404, "invalid_request_error", "resource_missing", "session");
    for path in ["cs_test_none", "cs_test_none/line_items"] {
        assert_eq!(api.get(&format!("{SESSIONS}/{path}")).await.error(), expected, "{path}");
    }
    for path in ["cs_test_none", "cs_test_none/expire"] {
        assert_eq!(api.post(&format!("{SESSIONS}/{path}"), "").await.error(), expected, "{path}");
    }
}

#[tokio::test]
async fn some_rules_depend_on_how_the_session_was_made() {
    let api = Api::start().await;
    let plan = api.session("mode=subscription&line_items[0][price]=price_monthly&line_items[0][quantity]=1").await;
    let id = &api.items(&plan).await[0].0;
    for (body, param) in [
        ("line_items[0][price]=price_mug&line_items[0][quantity]=1".to_owned(), "line_items"),
        (format!("line_items[0][id]={id}&line_items[1][price]=price_yearly&line_items[1][quantity]=1"), "line_items"),
        ("payment_intent_data[description]=x".to_owned(), "payment_intent_data"),
        ("shipping_options[0][shipping_rate]=shr_standard".to_owned(), "shipping_options"),
    ] {
        assert_eq!(api.post(&plan, &body).await.error(), (400, "invalid_request_error", "", param));
    }
}
