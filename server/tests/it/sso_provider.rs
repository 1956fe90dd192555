//! A provider for single sign-on, over real HTTP: it describes itself, gives identities signed with a key of its own in
//! exchange for codes, and insists on what is right (PKCE, secret, each code once). What it says can be bent.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64};
use http::{HeaderMap, StatusCode};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

pub const CLIENT: &str = "stoa at work";
pub const SECRET: &str = "a client's secret: +/&%";

/// A provider. Ends with the test.
#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    // What each code is worth: the challenge and the claims.
    codes: HashMap<String, (String, Value)>,
    key: SigningKey,
    signs_with: SigningKey,
    metadata: Value,
    tokens_given: usize,
    // What it tells whoever brings an access token.
    told: Value,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).unwrap();
        let key = SigningKey::from_slice(&bytes).unwrap();
        let metadata = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"], "scopes_supported": ["openid", "email"],
        });
        let inner =
            Inner { codes: HashMap::new(), signs_with: key.clone(), key, metadata, tokens_given: 0, told: Value::Null };
        let provider = Self { issuer, inner: Arc::new(Mutex::new(inner)) };
        #[expect(clippy::disallowed_methods, reason = "not a server of ours")]
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .route(
                "/elsewhere/.well-known/openid-configuration",
                get(|| async { Redirect::to("/.well-known/openid-configuration") }),
            )
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        provider
    }

    /// Somebody signs in there who was sent to `asked`; the code with which they are sent back. `bend` changes what is said
    /// of them.
    pub fn code(&self, asked: &url::Url, email: &str, bend: impl FnOnce(&mut Value)) -> String {
        let query: HashMap<_, _> = asked.query_pairs().into_owned().collect();
        assert_eq!((query["response_type"].as_str(), query["client_id"].as_str()), ("code", CLIENT));
        assert_eq!(query["code_challenge_method"], "S256");
        assert!(query["scope"].contains("openid") && query["scope"].contains("email"), "{query:?}");
        let now = db::Clock::System.now().timestamp();
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": format!("sub of {email}"), "nonce": query["nonce"],
            "iat": now, "exp": now + 300, "email": email, "email_verified": true,
        });
        bend(&mut claims);
        let mut inner = self.inner.lock().unwrap();
        let code = format!("code {}", inner.codes.len() + inner.tokens_given);
        inner.codes.insert(code.clone(), (query["code_challenge"].clone(), claims));
        code
    }

    /// From now on it signs with a key that it does not show.
    pub fn sign_with_another_key(&self) {
        self.inner.lock().unwrap().signs_with = SigningKey::from_slice(&[7; 32]).unwrap();
    }

    /// From now on it says this of itself.
    pub fn say(&self, name: &str, value: &str) {
        self.inner.lock().unwrap().metadata[name] = json!(value);
    }

    /// From now on it tells this to whoever brings an access token.
    pub fn tell(&self, told: Value) {
        let mut inner = self.inner.lock().unwrap();
        inner.metadata["userinfo_endpoint"] = json!(format!("{}/userinfo", self.issuer));
        inner.told = told;
    }

    /// How many codes were taken.
    pub fn tokens_given(&self) -> usize {
        self.inner.lock().unwrap().tokens_given
    }
}

async fn describe(State(provider): State<Provider>) -> Json<Value> {
    Json(provider.inner.lock().unwrap().metadata.clone())
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let key = provider.inner.lock().unwrap().key.clone();
    let point = key.verifying_key().to_sec1_point(false);
    let (x, y) = (BASE64.encode(&point.as_bytes()[1..33]), BASE64.encode(&point.as_bytes()[33..65]));
    Json(json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "1", "x": x, "y": y}]}))
}

async fn userinfo(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    if headers["authorization"] != "Bearer x" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(provider.inner.lock().unwrap().told.clone()).into_response()
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let no = || (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    if !is_client(&headers) || form["grant_type"] != "authorization_code" {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client"}))).into_response();
    }
    let mut inner = provider.inner.lock().unwrap();
    let Some((challenge, claims)) = inner.codes.remove(&form["code"]) else { return no() };
    let shown = BASE64.encode(Sha256::digest(&form["code_verifier"]));
    if shown != challenge || !form["redirect_uri"].ends_with("/callback") {
        return no();
    }
    inner.tokens_given += 1;
    let signed = sign(&inner.signs_with, &claims);
    Json(json!({"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": signed})).into_response()
}

fn is_client(headers: &HeaderMap) -> bool {
    let given = headers["authorization"].to_str().unwrap().strip_prefix("Basic ").unwrap();
    let given = String::from_utf8(STANDARD.decode(given).unwrap()).unwrap();
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    given == format!("{}:{}", encode(CLIENT), encode(SECRET))
}

fn sign(key: &SigningKey, claims: &Value) -> String {
    let part = |value: &Value| BASE64.encode(value.to_string());
    let text = format!("{}.{}", part(&json!({"alg": "ES256", "kid": "1"})), part(claims));
    let signature: Signature = key.sign(text.as_bytes());
    format!("{text}.{}", BASE64.encode(signature.to_bytes()))
}
