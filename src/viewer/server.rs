//! The pages over HTTP.

use std::future::poll_fn;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::task::Poll;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::answer::answer;
use super::assets;
use super::cache::{Cache, Kept};
use super::guard::{Guard, POLICY, Password, Refused};
use super::home::{Viewer, ViewerError, connections};
use super::language::Language;
use super::links::{Address, Links};
use super::openapi;
use super::page::AnyPage;
use super::pages;
use super::shell::{self, Shell};

/// Bytes of a form that is sent to us.
const MOST_FORM: usize = 64 * 1024;

/// Where and for whom the pages are served.
#[derive(Debug)]
pub struct Serving {
    /// Where to listen; port 0 takes a free one.
    pub address: SocketAddr,
    /// Names by which the server is also known, for requests that come through a proxy.
    pub hosts: Vec<String>,
    /// What readers have to give; needed where `address` is not the loopback.
    pub password: Option<Password>,
}

struct Served {
    viewer: Viewer,
    guard: Guard,
    cache: Cache,
}

/// Serves a home until `stop` is ready. `ready` is called with the address listened at.
///
/// # Errors
///
/// [`ViewerError::Bad`] for an address beyond the loopback without a password; [`ViewerError::Io`] where it cannot listen.
pub fn serve(
    viewer: Viewer,
    serving: Serving,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ViewerError> {
    if !serving.address.ip().is_loopback() && serving.password.is_none() {
        let why = "an address beyond this machine needs a password: set NIANBAO_PASSWORD";
        return Err(ViewerError::Bad(why.into()));
    }
    let io = |what: &str| {
        let what = what.to_owned();
        move |source| ViewerError::Io { what, source }
    };
    let what = format!("cannot listen at {}", serving.address);
    let listener = TcpListener::bind(serving.address).map_err(io(&what))?;
    listener.set_nonblocking(true).map_err(io(&what))?;
    let address = listener.local_addr().map_err(io(&what))?;
    let guard = Guard::new(address, &serving.hosts, serving.password);
    let cache = Cache::new(viewer.home());
    let served = Arc::new(Served {
        viewer,
        guard,
        cache,
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        // One for each connection, and one for what needs none: more would only wait, each with memory of its own.
        .max_blocking_threads(connections() + 1)
        .enable_all()
        .build()
        .map_err(io("cannot start threads"))?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::from_std(listener).map_err(io(&what))?;
        let router = Router::new().fallback(handle).with_state(served);
        // Who is told the address may ask to stop at once: signals must be waited for by then.
        let mut stop = Box::pin(stop);
        let is_over = poll_fn(|context| Poll::Ready(stop.as_mut().poll(context).is_ready())).await;
        ready(address);
        if is_over {
            return Ok(());
        }
        axum::serve(listener, router)
            .with_graceful_shutdown(stop)
            .await
            .map_err(io("the server stopped"))
    })
}

async fn handle(State(served): State<Arc<Served>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let language = Language::accepted(
        head.headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default(),
    );
    if let Err(refused) = served.guard.admit(&head.headers) {
        return refusal(refused);
    }
    let asked = Asked::of(head.uri.path(), head.uri.query(), language);
    let form = match head.method {
        Method::GET | Method::HEAD => None,
        Method::POST => match axum::body::to_bytes(body, MOST_FORM).await {
            Ok(form) => Some(form),
            Err(_) => return plain(StatusCode::PAYLOAD_TOO_LARGE, "too long"),
        },
        _ => {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD or POST");
            put(&mut response, header::ALLOW, "GET, HEAD, POST");
            return response;
        }
    };
    // Questions to the database wait for the disk: not on the threads that serve.
    let reply = tokio::task::spawn_blocking(move || match form {
        Some(form) => served.decide(&asked, &head.headers, &form),
        None => served.show(&asked, &head.headers),
    });
    reply
        .await
        .unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, "a fault of the program"))
}

/// What a path asks for.
#[derive(Debug, Clone)]
struct Asked {
    /// The language of the path, else that of the browser.
    language: Language,
    /// Whether the path names its language.
    is_named: bool,
    address: Address,
}

impl Asked {
    fn of(path: &str, query: Option<&str>, accepted: Language) -> Self {
        let mut parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| {
                percent_encoding::percent_decode_str(part)
                    .decode_utf8_lossy()
                    .into()
            })
            .collect();
        let named = parts.first().and_then(|part| Language::from_path(part));
        if named.is_some() {
            parts.remove(0);
        }
        let query = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self {
            language: named.unwrap_or(accepted),
            is_named: named.is_some(),
            address: Address {
                parts,
                query: query
                    .map(|(name, value)| (name.into(), value.into()))
                    .collect(),
            },
        }
    }
}

/// The form that an address's ending asks for, and the address without it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Page,
    Json,
    Csv(String),
    Svg(String),
}

fn form_of(address: &Address) -> (Form, Address) {
    let mut bare = address.clone();
    let Some(last) = bare.parts.last_mut() else {
        return (Form::Page, bare);
    };
    if let Some(stem) = last.strip_suffix(".json") {
        *last = stem.to_owned();
        return (Form::Json, bare);
    }
    for (ending, form) in [
        (".csv", Form::Csv as fn(String) -> Form),
        (".svg", Form::Svg),
    ] {
        if let Some(stem) = last.strip_suffix(ending)
            && let Some((stem, name)) = stem.rsplit_once('.')
        {
            let (stem, name) = (stem.to_owned(), name.to_owned());
            *last = stem;
            return (form(name), bare);
        }
    }
    (Form::Page, bare)
}

impl Served {
    fn show(&self, asked: &Asked, headers: &HeaderMap) -> Response {
        if let [folder, name] = asked.address.parts.as_slice()
            && folder == "assets"
        {
            return match assets::asset(name) {
                Some(asset) => ok(asset.media_type, asset.text.into()),
                None => plain(StatusCode::NOT_FOUND, "there is no such file"),
            };
        }
        if asked.address.parts == ["openapi.json"] {
            return ok("application/json", openapi::description().into());
        }
        if let [folder, report, cell] = asked.address.parts.as_slice()
            && folder == "archived"
        {
            return match pages::proof::archived(&self.viewer, report, cell) {
                Ok(html) => archived(html),
                Err(error) => self.failed(asked, &error),
            };
        }
        if let [folder, report, cell] = asked.address.parts.as_slice()
            && folder == "payload"
        {
            return match pages::proof::payload(&self.viewer, report, cell) {
                Ok(payload) => kept(payload),
                Err(error) => self.failed(asked, &error),
            };
        }
        let (form, address) = form_of(&asked.address);
        let form = if form == Form::Page && wants_json(headers) {
            Form::Json
        } else {
            form
        };
        if form == Form::Page && !asked.is_named {
            let to = Links::Served.page(asked.language, &asked.address);
            return redirect(&to.unwrap_or_default(), true);
        }
        let key = format!(
            "{form:?} {:?} {}{}",
            asked.language,
            address.path(),
            address.query_string()
        );
        let (kept, stamp) = self.cache.get(&key);
        if let Some(kept) = kept {
            return ok(kept.media_type, kept.body.into());
        }
        let page = self.viewer.ask(|view| answer(view, &address));
        let page = match page {
            Ok(page) => page,
            Err(error) => return self.failed(asked, &error),
        };
        if form == Form::Page
            && let Some(there) = page.address()
            && (there.parts != address.parts
                || !there.query.is_empty() && there.query != address.query)
        {
            let to = Links::Served.page(asked.language, &there);
            return redirect(&to.unwrap_or_default(), false);
        }
        match self.body(asked, &address, &form, page.as_ref()) {
            Ok(made) => {
                self.cache.put(key, &stamp, made.clone());
                ok(made.media_type, made.body.into())
            }
            Err(refused) => *refused,
        }
    }

    /// A page in the form asked for.
    fn body(
        &self,
        asked: &Asked,
        address: &Address,
        form: &Form,
        page: &dyn AnyPage,
    ) -> Result<Kept, Box<Response>> {
        let fault = || {
            let what = "a fault of the program";
            Box::new(plain(StatusCode::INTERNAL_SERVER_ERROR, what))
        };
        let none = |what| Box::new(plain(StatusCode::NOT_FOUND, what));
        let (media_type, body) = match form {
            Form::Page => {
                let shell = self.shell(asked, address);
                let html = shell::document(&shell, page);
                ("text/html; charset=utf-8", html.into())
            }
            Form::Json => {
                let text = page.json().map_err(|_| fault())?;
                ("application/json", text.into())
            }
            Form::Csv(name) => {
                let table = page.tables().into_iter().find(|table| table.name == *name);
                let table = table.ok_or_else(|| none("the page has no such table"))?;
                let text = table.csv().map_err(|_| fault())?;
                ("text/csv; charset=utf-8", text.into())
            }
            Form::Svg(name) => {
                let pictures = page.pictures(asked.language);
                let picture = pictures.into_iter().find(|picture| picture.name == *name);
                let picture = picture.ok_or_else(|| none("the page has no such picture"))?;
                ("image/svg+xml", picture.svg.into())
            }
        };
        Ok(Kept { media_type, body })
    }

    fn shell<'s>(&'s self, asked: &Asked, address: &'s Address) -> Shell<'s> {
        Shell {
            language: asked.language,
            links: Links::Served,
            address,
            token: Some(self.guard.token()),
            linked: None,
        }
    }

    fn decide(&self, asked: &Asked, headers: &HeaderMap, form: &Bytes) -> Response {
        let fields: Vec<(String, String)> = url::form_urlencoded::parse(form)
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let field = |name: &str| {
            let found = fields.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str())
        };
        if let Err(refused) = self.guard.admit_change(headers, field("token")) {
            return refusal(refused);
        }
        match pages::decide(&self.viewer, &asked.address, &field) {
            Ok(there) => {
                let to = Links::Served.page(asked.language, &there);
                redirect(&to.unwrap_or_default(), false)
            }
            Err(error) => self.failed(asked, &error),
        }
    }

    fn failed(&self, asked: &Asked, error: &ViewerError) -> Response {
        let language = asked.language;
        let (status, title) = match error {
            ViewerError::NotFound => (
                StatusCode::NOT_FOUND,
                language.of("没有这一页", "There is no such page"),
            ),
            ViewerError::Bad(_) => (
                StatusCode::BAD_REQUEST,
                language.of("无法回答", "This cannot be answered"),
            ),
            ViewerError::Busy | ViewerError::TooLong => (
                StatusCode::SERVICE_UNAVAILABLE,
                language.of("稍后再试", "Try again later"),
            ),
            _ => (
                StatusCode::INTERNAL_SERVER_ERROR,
                language.of("出错了", "Something went wrong"),
            ),
        };
        let shell = self.shell(asked, &asked.address);
        let text = shell::message(&shell, title, &error.to_string());
        let mut response = ok("text/html; charset=utf-8", text.into());
        *response.status_mut() = status;
        response
    }
}

/// Whether the reader would rather have JSON than HTML: names it, and not HTML.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept
        .is_some_and(|accept| accept.contains("application/json") && !accept.contains("text/html"))
}

fn put(response: &mut Response, name: header::HeaderName, value: &'static str) {
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    let mut response = ok("text/plain; charset=utf-8", text.into());
    *response.status_mut() = status;
    response
}

fn ok(media_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    put(&mut response, header::CONTENT_TYPE, media_type);
    put(&mut response, header::CONTENT_SECURITY_POLICY, POLICY);
    put(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(&mut response, header::REFERRER_POLICY, "same-origin");
    put(&mut response, header::CACHE_CONTROL, "no-cache");
    put(&mut response, header::VARY, "Accept, Accept-Language");
    response
}

/// An archived page: in a frame of ours it runs nothing, loads nothing, leads nowhere.
fn archived(html: String) -> Response {
    let mut response = ok("text/html; charset=utf-8", html.into());
    let policy = pages::proof::policy();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Archived bytes: a file to be kept, which no browser opens by itself.
fn kept(payload: pages::proof::Payload) -> Response {
    let mut response = ok("application/octet-stream", payload.bytes.into());
    let name = format!("attachment; filename=\"{}\"", payload.name);
    if let Ok(name) = HeaderValue::from_str(&name) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    let policy = HeaderValue::from_static("default-src 'none'; sandbox");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn refusal(refused: Refused) -> Response {
    match refused {
        Refused::Host => plain(
            StatusCode::MISDIRECTED_REQUEST,
            "this server has another name",
        ),
        Refused::Forged => plain(
            StatusCode::FORBIDDEN,
            "decisions are made on this server's own pages: open the finding again",
        ),
        Refused::Password => {
            let mut response = plain(StatusCode::UNAUTHORIZED, "a password is needed");
            put(
                &mut response,
                header::WWW_AUTHENTICATE,
                "Basic realm=\"nianbao\", charset=\"UTF-8\"",
            );
            response
        }
    }
}

/// To another address: for now, or as the answer to a form.
fn redirect(to: &str, by_language: bool) -> Response {
    let status = if by_language {
        StatusCode::TEMPORARY_REDIRECT
    } else {
        StatusCode::SEE_OTHER
    };
    let mut response = plain(status, "");
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}
