//! Files, headers, declarations, counts.

use checkout_updates_server::Server;
use checkout_updates_server::catalogue::PriceIds;
use checkout_updates_server::config::{Backend, StripeAccount};
use checkout_updates_server::rules::tax::TaxTable;
use checkout_updates_server::secret::Secret;
use serde_json::json;

use crate::shop::{Running, Setup, Shop, config, folder, http, send};

#[tokio::test]
async fn files_have_their_types_and_every_answer_its_headers() {
    let shop = Shop::open().await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/main.js", "text/javascript"),
        ("/base.css", "text/css"),
        ("/icon.svg", "image/svg+xml"),
        ("/endpoints.js", "text/javascript; charset=utf-8"),
        ("/dist/index.js", "text/javascript"),
        ("/dist/checkout_updates.wasm", "application/wasm"),
        ("/catalogue", "application/json"),
        ("/healthz", "application/json"),
        ("/metrics", "application/openmetrics-text; version=1.0.0; charset=utf-8"),
    ] {
        let reply = shop.get(path, &[]).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, kind), "{path}");
        assert_eq!(
            reply.header("content-security-policy"),
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
            "{path}"
        );
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("x-frame-options"), "SAMEORIGIN", "{path}");
        assert_eq!(reply.header("cache-control"), "no-cache", "{path}");
        assert!(reply.header("request-id").starts_with("req_"), "{path}");
    }
    let first = shop.get("/dist/index.js", &[]).await;
    let again = shop.get("/dist/index.js", &[("if-none-match", first.header("etag"))]).await;
    assert_eq!(again.status, 304);
    for path in ["/nothing.js", "/../secret.txt", "/%2e%2e/secret.txt", "/dist/..%2f..%2fsecret.txt", "/dist/nothing"] {
        let reply = shop.get(path, &[]).await;
        assert!(matches!(reply.status, 400..500) && !reply.text().contains("not for the web"), "{path}");
    }
}

#[tokio::test]
async fn odd_paths_are_not_found_and_redirects_stay_here() {
    let shop = Shop::open().await;
    std::fs::create_dir_all(shop.config.dist.join("types")).unwrap();
    std::fs::create_dir_all(shop.config.www.join("guide")).unwrap();
    let long = "x".repeat(256);
    for path in [
        format!("/{long}"),
        format!("/dist/{long}"),
        format!("/dist/{long}/index.js"),
        "/%00".to_owned(),
        "/base.css/more".to_owned(),
        "//guide".to_owned(),
    ] {
        let reply = shop.get(&path, &[]).await;
        assert_eq!((reply.status, reply.header("location")), (404, ""), "{path}");
    }
    for (path, location) in [("/dist/types", "/dist/types/"), ("/guide?a=1", "/guide/?a=1")] {
        let reply = shop.get(path, &[]).await;
        assert_eq!((reply.status, reply.header("location")), (307, location), "{path}");
    }
}

#[tokio::test]
async fn pages_report_what_they_counted() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let interval = json!({ "interval": "yearly" });
    shop.update(&customer, "/change-subscription-interval", interval, None).await.assert_success();
    let report = json!({ "endpoints": {
        "changeInterval": {
            "updates": 7, "successes": 5, "failures": { "timeout": 2, "made_up": 9 }, "retries": 1, "late": 0,
            "joined": 0, "superseded": 3, "p50": 80, "p95": 900, "max": 2000,
        },
        "made_up": { "updates": 1_000 },
    } });
    let origin = shop.origin();
    for kind in ["application/json", "text/plain;charset=UTF-8"] {
        let headers = [("origin", &*origin), ("content-type", kind)];
        assert_eq!(shop.post("/metrics/client-failures", &headers, report.to_string()).await.status, 204);
    }
    let headers = [("origin", &*origin), ("content-type", "application/json")];
    shop.post("/metrics/client-failures", &headers, "[]").await.assert_error(400);
    shop.post("/metrics/client-failures", &headers, " ".repeat(65_537)).await.assert_error(413);
    shop.post("/metrics/client-failures", &[("origin", &*origin)], "{}").await.assert_error(415);

    let text = shop.get("/metrics", &[]).await.text().to_owned();
    for line in [
        r#"checkout_updates_total{endpoint="changeInterval",outcome="success"} 1"#,
        r#"checkout_page_reports_total 2"#,
        r#"checkout_page_events_total{endpoint="changeInterval",event="updates"} 14"#,
        r#"checkout_page_events_total{endpoint="changeInterval",event="superseded"} 6"#,
        r#"checkout_page_failures_total{endpoint="changeInterval",kind="timeout"} 4"#,
        r#"checkout_page_seconds_count{endpoint="changeInterval",statistic="p95"} 2"#,
        r#"checkout_stripe_requests_total{operation="update",result="success"} 1"#,
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
    assert!(!text.contains("made_up"));
}

#[tokio::test]
async fn with_a_stripe_account_the_policy_names_stripes_origins_and_there_is_no_stand_in() {
    let folder = folder();
    let account = StripeAccount {
        base: "http://127.0.0.1:9".to_owned(),
        secret_key: Secret::new("sk_test_hidden"),
        publishable_key: "pk_test_1".to_owned(),
        webhook_secret: None,
        prices: PriceIds {
            monthly: "price_1".to_owned(),
            yearly: "price_2".to_owned(),
            desk_lamp: None,
            notebook: None,
            desk_mat: None,
        },
        taxes: TaxTable::default(),
    };
    let config = config(folder.path(), Backend::Stripe(Box::new(account)), &Setup::default());
    let server = Running::start(Server::bind(&config).await.unwrap()).await;
    let (http, base) = (http(), format!("http://{}", server.address));
    let get = async |path: &str| send(&http, axum::http::Method::GET, &format!("{base}{path}"), &[], "").await;
    let policy = get("/").await.header("content-security-policy").to_owned();
    for origin in ["https://js.stripe.com", "https://api.stripe.com", "https://hooks.stripe.com", "'wasm-unsafe-eval'"]
    {
        assert!(policy.contains(origin), "{policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    assert_eq!(get("/session?checkout_session_id=cs_test_1").await.status, 404);
    std::fs::create_dir_all(config.www.join("lab")).unwrap();
    std::fs::write(config.www.join("lab/index.html"), "<!doctype html>").unwrap();
    for path in ["/lab", "/lab/", "/lab/index.html", "/lab/truth?checkout_session_id=cs_test_1", "/lab/requests"] {
        assert_eq!(get(path).await.status, 404, "{path}");
    }
    let headers = [("origin", &*base), ("content-type", "application/json")];
    let arm = send(&http, axum::http::Method::POST, &format!("{base}/lab/fault"), &headers, "{}").await;
    assert!(matches!(arm.status, 404 | 405), "{}", arm.status);
    let webhook = send(&http, axum::http::Method::POST, &format!("{base}/webhook"), &[], "{}").await;
    assert_eq!(webhook.status, 404, "no secret, no webhook");
    // Nobody listens there: nothing was changed by what could not be sent.
    let headers = [("origin", &*base), ("content-type", "application/json")];
    let create = format!("{base}/create-checkout-session");
    let reply = send(&http, axum::http::Method::POST, &create, &headers, "{}").await;
    assert!(reply.status >= 400 && !reply.text().contains("hidden"));
    server.stop().await;
}

#[tokio::test]
async fn the_declarations_are_those_that_the_server_reads_by() {
    let shop = Shop::open().await;
    let module = shop.get("/endpoints.js", &[]).await.text().to_owned();
    let paths = shop.app().endpoints.iter().map(|endpoint| endpoint.path).collect::<Vec<_>>();
    assert_eq!(paths.len(), 9);
    for path in paths {
        assert!(module.contains(&format!("endpoint(\"{path}\", {{")), "{path}");
        assert_eq!(shop.get(path, &[]).await.status, 405, "{path}");
    }
    let catalogue = shop.get("/catalogue", &[]).await.json();
    assert_eq!(catalogue["extras"][0], json!({ "id": "gift_wrap", "name": "Gift wrap", "amount": "$5.00" }));
    assert_eq!(catalogue["offers"].as_array().unwrap().len(), 3);
}
