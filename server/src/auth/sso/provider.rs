//! A provider as it describes itself, what it is asked, and what it answers.

use chrono::{DateTime, TimeDelta, Utc};
use db::sso::Provider;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdTokenClaims, CoreJwsSigningAlgorithm as Algorithm,
    CoreProviderMetadata, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, DiscoveryError,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};
use url::Url;

use crate::http_client::{HttpClient, RequestError};

// Only signatures that need the provider's private key.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];
// Clocks differ, and so do moments of issue.
const OLDEST: TimeDelta = TimeDelta::minutes(10);
const AHEAD: TimeDelta = TimeDelta::minutes(2);

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Why an issuer cannot be used: words that follow the name of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable(pub String);

/// A question, and what must be known to judge its answer.
pub(super) struct Question {
    pub url: Url,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

/// Whom a provider vouches for.
#[derive(Debug)]
pub(super) struct Identity {
    pub subject: String,
    pub email: Option<String>,
    pub email_is_verified: bool,
}

/// Why an answer is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Rejected {
    #[error("the code was not accepted: {0}")]
    Code(String),
    #[error("there is no identity in the answer")]
    Nothing,
    #[error("the identity is not verified: {0}")]
    Unproven(String),
}

/// What the provider at `issuer` says of itself.
///
/// # Errors
/// What is wrong with it.
pub async fn discover(http_client: &HttpClient, issuer: &str) -> Result<CoreProviderMetadata, Unusable> {
    let unusable = |words: &str| Unusable(words.to_owned());
    let url = Url::parse(issuer).map_err(|_| unusable("Enter a URL such as https://login.example.com."))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(unusable("Enter a URL without ? or #."));
    }
    if !http_client.allows(&url) {
        return Err(unusable("Enter a public URL that begins with https://."));
    }
    let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|_| unusable("Enter a URL."))?;
    let found = CoreProviderMetadata::discover_async(issuer, http_client).await;
    let metadata = found.map_err(|error| {
        tracing::info!(%error, "an OpenID Connect provider was not found");
        match error {
            DiscoveryError::Request(RequestError::Forbidden) => unusable(
                "This URL, or one that the provider states, leads to a private network. Use a public \
                    provider.",
            ),
            DiscoveryError::Request(_) => unusable("The provider does not respond. Check the URL."),
            DiscoveryError::Validation(_) => {
                unusable("The provider states another issuer. Enter the issuer exactly as the provider states it.")
            }
            _ => unusable(
                "This is not an OpenID Connect provider. Check .well-known/openid-configuration below the URL.",
            ),
        }
    })?;
    let may_go_there = http_client.allows(metadata.authorization_endpoint().url());
    let may_ask = metadata.token_endpoint().is_some_and(|endpoint| http_client.allows(endpoint.url()));
    if !may_go_there || !may_ask {
        return Err(unusable("The provider states no token URL, or URLs that Stoa cannot use."));
    }
    Ok(metadata)
}

/// The request that sends a user to `provider`, which describes itself by `metadata`. It returns them to `back`.
pub(super) fn question(provider: &Provider, metadata: CoreProviderMetadata, back: RedirectUrl) -> Question {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let client = client(provider, metadata, back);
    let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
    let request = request.add_scope(Scope::new("email".to_owned())).add_scope(Scope::new("profile".to_owned()));
    let (url, state, nonce) = request.set_pkce_challenge(challenge).url();
    Question { url, state: state.secret().clone(), nonce: nonce.secret().clone(), verifier: verifier.secret().clone() }
}

/// Brings `code` to the provider; whom it vouches for in exchange.
pub(super) async fn redeem(
    http_client: &HttpClient,
    provider: &Provider,
    metadata: CoreProviderMetadata,
    back: RedirectUrl,
    code: &str,
    (verifier, nonce): (String, String),
    now: DateTime<Utc>,
) -> Result<Identity, Rejected> {
    let client = client(provider, metadata, back);
    let request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
    let request =
        request.map_err(|e| Rejected::Code(e.to_string()))?.set_pkce_verifier(PkceCodeVerifier::new(verifier));
    let tokens = request.request_async(http_client).await.map_err(|e| Rejected::Code(e.to_string()))?;
    let token = tokens.id_token().ok_or(Rejected::Nothing)?;
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |issued| is_fresh(issued, now));
    let unproven = |error: &dyn std::fmt::Display| Rejected::Unproven(error.to_string());
    let claims = token.claims(&verifier, &Nonce::new(nonce)).map_err(|e| unproven(&e))?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(|e| unproven(&e))?;
        let key = token.signing_key(&verifier).map_err(|e| unproven(&e))?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).map_err(|e| unproven(&e))?;
        if actual != *expected {
            return Err(Rejected::Unproven("the access token is another's".to_owned()));
        }
    }
    identity(http_client, &client, claims, tokens.access_token()).await
}

// Providers may leave the email out of the token and return it only in exchange for the access token (OpenID Connect
// Core 1.0, 5.4). That response must be about the same person.
async fn identity(
    http_client: &HttpClient,
    client: &Client,
    claims: &CoreIdTokenClaims,
    access: &AccessToken,
) -> Result<Identity, Rejected> {
    let subject = claims.subject().to_string();
    let (mut email, mut is_verified) = (claims.email().cloned(), claims.email_verified());
    if (email.is_none() || is_verified.is_none())
        && let Ok(request) = client.user_info(access.clone(), Some(claims.subject().clone()))
    {
        let info: CoreUserInfoClaims = request
            .request_async(http_client)
            .await
            .map_err(|e| Rejected::Unproven(format!("the identity was not returned: {e}")))?;
        (email, is_verified) = (info.email().cloned(), info.email_verified());
    }
    Ok(Identity { subject, email: email.map(|email| email.to_string()), email_is_verified: is_verified == Some(true) })
}

fn client(provider: &Provider, metadata: CoreProviderMetadata, back: RedirectUrl) -> Client {
    let methods = metadata.token_endpoint_auth_methods_supported();
    let takes_basic = methods.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let (id, secret) = (ClientId::new(provider.client_id.clone()), ClientSecret::new(provider.secret.clone()));
    CoreClient::from_provider_metadata(metadata, id, Some(secret))
        .set_redirect_uri(back)
        .set_auth_type(if takes_basic { AuthType::BasicAuth } else { AuthType::RequestBody })
}

fn is_fresh(issued: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), String> {
    let fits = issued > now - OLDEST && issued < now + AHEAD;
    if fits { Ok(()) } else { Err(format!("it was issued at {issued}")) }
}
