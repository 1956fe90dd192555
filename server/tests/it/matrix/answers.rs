//! What comes back, but for what is random in every answer.

use std::time::Duration;

use reqwest::{Method, Response};

use crate::browser::Browser;

/// A browser, or a program with its key.
pub type Door = (Browser, Option<String>);

/// An answer without its request id, time and nonce. Of a stream, what it says at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: String,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_default()
    }
}

/// Asks for `path`; what is posted is a form with nothing in it.
pub async fn ask((browser, key): &Door, method: &Method, path: &str) -> Answer {
    let request = browser.http.request(method.clone(), format!("{}{path}", browser.base));
    let request = if *method == Method::POST { request.form(&[("", "")]) } else { request };
    let request = match key {
        Some(key) => request.bearer_auth(key),
        None => request,
    };
    read(request).await
}

// What comes without waiting for anything to happen.
async fn heard(mut stream: Response) -> String {
    const A_MOMENT: Duration = Duration::from_millis(60);
    let mut text = String::new();
    while let Ok(Ok(Some(piece))) = tokio::time::timeout(A_MOMENT, stream.chunk()).await {
        text += &String::from_utf8_lossy(&piece);
    }
    text
}

/// Sends a request and reads what comes back.
pub async fn read(request: reqwest::RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let random = ["x-request-id", "x-response-time", "content-security-policy", "date"];
    let kept = answer.headers().iter().filter(|(name, _)| !random.contains(&name.as_str()));
    let headers: Vec<String> = kept.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    let (status, headers) = (answer.status().as_u16(), headers.join("\n"));
    if headers.contains("text/event-stream") {
        return Answer { status, headers, body: heard(answer).await };
    }
    let request_id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let policy = answer.headers().get("content-security-policy").map(|v| v.to_str().unwrap().to_owned());
    let nonce = policy.as_deref().and_then(|p| p.split("'nonce-").nth(1)).and_then(|p| p.split('\'').next());
    let body = String::from_utf8_lossy(&answer.bytes().await.unwrap()).replace(&request_id, "REQUEST");
    let body = nonce.map_or(body.clone(), |nonce| body.replace(nonce, "NONCE"));
    Answer { status, headers, body }
}
