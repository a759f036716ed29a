//! Somebody with a browser: keeps cookies, sends forms as the last page had them, follows nothing by itself.

use std::cell::RefCell;
use std::collections::BTreeMap;

use http::header::{CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::{Answer, PASSWORD, World};

pub struct Browser<'a> {
    world: &'a World,
    cookies: RefCell<BTreeMap<String, String>>,
    csrf: RefCell<String>,
}

impl<'a> Browser<'a> {
    pub fn new(world: &'a World) -> Self {
        Self {
            world,
            cookies: RefCell::default(),
            csrf: RefCell::default(),
        }
    }

    /// A browser in which this person of the organisation is signed in.
    pub async fn of(world: &'a World, name: &str) -> Self {
        let browser = Self::new(world);
        browser.sign_in(name, PASSWORD, "").await.expect(303);
        browser.get("/app/settings/security").await.expect(200);
        browser
    }

    pub async fn sign_in(&self, name: &str, password: &str, next: &str) -> Answer {
        self.get("/app/sign-in?switch=1").await.expect(200);
        let email = format!("{}@northwind.example", name.to_lowercase());
        let fields = [("email", &*email), ("password", password), ("next", next)];
        self.post("/app/sign-in", &fields).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    /// Sends a form with what the last page gave its forms.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.borrow().clone();
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .copied()
            .chain([("csrf", csrf.as_str())])
            .collect();
        let origin = self.world.origin().to_owned();
        self.raw_post(path, &[("origin", &origin)], &fields).await
    }

    /// Sends exactly this.
    pub async fn raw_post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Answer {
        let body = form_urlencoded(fields);
        self.send(Method::POST, path, headers, Some(body)).await
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        more: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        let mut headers = HeaderMap::new();
        let cookies: Vec<String> = self
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            headers.insert(COOKIE, HeaderValue::from_str(&cookies.join("; ")).unwrap());
        }
        if body.is_some() {
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(CONTENT_TYPE, form);
        }
        for (name, value) in more {
            let name: HeaderName = name.parse().unwrap();
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        let bytes = body.map(String::into_bytes);
        let stranger = &self.world.stranger;
        let answer = stranger.raw(method, path, headers, bytes).await;
        self.keep(&answer);
        answer
    }

    fn keep(&self, answer: &Answer) {
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            for needed in ["HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(line.contains(needed), "{line}");
            }
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            let mut cookies = self.cookies.borrow_mut();
            if value.is_empty() {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(csrf) = field(&answer.text, "name=\"csrf\" value=\"") {
            *self.csrf.borrow_mut() = csrf;
        }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies
            .borrow_mut()
            .insert(name.to_owned(), value.to_owned());
    }

    pub fn csrf(&self) -> String {
        self.csrf.borrow().clone()
    }
}

/// What stands between this text and the next quotation mark or tag.
pub fn field(page: &str, before: &str) -> Option<String> {
    let (_, rest) = page.split_once(before)?;
    let end = rest.find(['"', '<'])?;
    Some(rest[..end].to_owned())
}

fn form_urlencoded(fields: &[(&str, &str)]) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    out.extend_pairs(fields);
    out.finish()
}
