//! Providers that leave the address out of the token and tell it only to whoever asks with the access token.

use serde_json::{Value, json};

use crate::browser::location;
use crate::sso_world::{ANA, World};

fn without_address(claims: &mut Value) {
    let claims = claims.as_object_mut().unwrap();
    claims.remove("email");
    claims.remove("email_verified");
}

#[tokio::test]
async fn an_address_that_only_the_provider_tells_is_taken_and_only_about_the_same_person() {
    let world = World::new().await;
    world.refused("nowhere", "your email as verified", ANA, without_address).await;
    let told = |sub: &str, verified: Value| json!({"sub": sub, "email": ANA, "email_verified": verified});
    let ana = format!("sub of {ANA}");
    world.provider.tell(told("another", json!(true)));
    world.refused("another's", "sent an invalid response", ANA, without_address).await;
    world.provider.tell(told(&ana, json!(false)));
    world.refused("not verified", "your email as verified", ANA, without_address).await;
    world.provider.tell(json!({"sub": ana}));
    world.refused("nothing more", "your email as verified", ANA, without_address).await;
    world.provider.tell(json!("nonsense"));
    world.refused("nonsense", "sent an invalid response", ANA, without_address).await;
    world.provider.tell(told(&ana, json!(true)));
    let (browser, answer) = world.come(ANA, without_address).await;
    assert_eq!(location(&answer), "/t/demo/orders");
    assert_eq!(browser.get("/t/demo/orders").await.status(), 200);
}
