use super::*;

#[test]
fn the_status_decides_first() {
    for (status, kind) in [
        (400, Kind::Refused),
        (404, Kind::Refused),
        (409, Kind::Refused),
        (425, Kind::Refused),
        (408, Kind::ServerError),
        (410, Kind::SessionClosed),
        (499, Kind::ServerError),
        (429, Kind::RateLimited),
        (500, Kind::ServerError),
        (503, Kind::ServerError),
        (599, Kind::ServerError),
        (0, Kind::BadResponse),
        (100, Kind::BadResponse),
        (302, Kind::BadResponse),
        (304, Kind::BadResponse),
        (600, Kind::BadResponse),
    ] {
        for body in [Body::Empty, Body::Json, Body::Refusal, Body::Page, Body::TooLong, Body::Taken, Body::CutOff] {
            assert_eq!(judge(status, body), Err(kind), "{status} {body:?}");
        }
    }
}

#[test]
fn another_2xx_is_judged_by_its_body() {
    for status in [200, 201, 202, 299] {
        for body in [Body::Empty, Body::Json, Body::Text] {
            let done = status != 202 || body != Body::Empty;
            assert_eq!(judge(status, body), if done { Ok(()) } else { Err(Kind::BadResponse) }, "{status} {body:?}");
        }
        assert_eq!(judge(status, Body::Refusal), Err(Kind::Refused));
        for body in [Body::Broken, Body::Page, Body::TooLong, Body::Taken, Body::CutOff] {
            assert_eq!(judge(status, body), Err(Kind::BadResponse));
        }
    }
    assert_eq!(judge(204, Body::CutOff), Ok(()));
}

#[test]
fn a_code_closes_the_session_behind_any_other_4xx() {
    for (status, kind) in [
        (400, Kind::SessionClosed),
        (409, Kind::SessionClosed),
        (410, Kind::SessionClosed),
        (429, Kind::SessionClosed),
        (408, Kind::ServerError),
        (499, Kind::ServerError),
        (500, Kind::ServerError),
    ] {
        assert_eq!(judge(status, Body::Closed), Err(kind), "{status}");
    }
}

#[test]
fn only_a_refusal_is_a_no() {
    assert_eq!(applied(Kind::Refused, 400), Applied::No);
    assert_eq!(applied(Kind::Refused, 200), Applied::No);
    assert_eq!(applied(Kind::RateLimited, 429), Applied::No);
    assert_eq!(applied(Kind::Refused, 409), Applied::Unknown);
    assert_eq!(applied(Kind::SessionClosed, 410), Applied::No);
    assert_eq!(applied(Kind::SessionClosed, 409), Applied::Unknown);
    for kind in [Kind::ServerError, Kind::Network, Kind::BadResponse, Kind::Timeout] {
        assert_eq!(applied(kind, 0), Applied::Unknown);
    }
}
