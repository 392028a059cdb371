//! The page's files. `ServeDir` reads them; what it makes of odd paths is put right here.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::path::Path;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, Response};
use tower_http::services::ServeDir;

use crate::answer::Answer;

/// A service for the files of a folder, which is found under `mount`: "" or a path such as `/dist`.
pub fn serve(
    folder: &Path,
    mount: &'static str,
) -> impl tower::Service<
    Request,
    Response = Response<Body>,
    Error = Infallible,
    Future = impl Future<Output = Result<Response<Body>, Infallible>> + Send + use<>,
> + Clone
+ Send
+ Sync
+ use<> {
    let files = ServeDir::new(folder);
    tower::service_fn(move |request| answer(files.clone(), mount, request))
}

async fn answer(mut files: ServeDir, mount: &'static str, request: Request) -> Result<Response<Body>, Infallible> {
    // An empty segment names no file, and a redirect to //name/ would lead to another host.
    let path = request.uri().path();
    if path.contains("//") || path.contains('\\') {
        return Ok(Answer::NOT_FOUND.into_response());
    }
    Ok(match files.try_call(request).await {
        Ok(response) => under(mount, response.map(Body::new)),
        Err(error) if names_no_file(&error) => Answer::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a file cannot be read");
            Answer::BROKEN.into_response()
        }
    })
}

/// A name that the file system does not take: too long, or with a zero in it.
fn names_no_file(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidFilename
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::NotFound
    )
}

/// `ServeDir` does not know where it is mounted, so its redirects lead to the root.
fn under(mount: &str, mut response: Response<Body>) -> Response<Body> {
    if let Some(location) = response.headers().get(LOCATION).and_then(|location| location.to_str().ok())
        && let Ok(location) = HeaderValue::from_str(&format!("{mount}{location}"))
    {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}
