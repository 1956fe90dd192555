//! Passkeys in the account: how they are added and removed, and what that needs.

use crate::authenticator::Device;
use crate::browser::{PASSWORD, location, person, tenant_with_owner};
use crate::harness::App;
use crate::passkeys::{EMAIL, NAMED, ORIGIN, add, browser, options, signed_in, use_it};
use crate::second_step::{self, texts};

#[tokio::test]
async fn adding_needs_the_password_and_what_was_asked_of_this_very_session() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    person(&app, "ana@demo.test").await;
    let owner = signed_in(&app, EMAIL).await;
    for (name, password, words) in [
        ("Laptop", "wrong", "Incorrect password."),
        ("", PASSWORD, "Enter a name for the passkey"),
        (&"x".repeat(41), PASSWORD, "at most 40"),
    ] {
        let answer =
            owner.post("/account/passkeys/new", &[("passkey_name", name), ("passkey_password", password)]).await;
        assert_eq!(answer.status(), 422, "{name}");
        let html = answer.text().await.unwrap();
        assert!(
            html.contains(words) && html.contains(&format!("name=\"passkey_name\" type=\"text\" value=\"{name}\"")),
            "{html}"
        );
    }
    let asked = options(owner.post("/account/passkeys/new", &NAMED).await).await;
    let (_, made) = Device::make(&asked, ORIGIN, 0);
    let ana = signed_in(&app, "ana@demo.test").await;
    options(ana.post("/account/passkeys/new", &NAMED).await).await;
    assert_eq!(
        ana.post("/account/passkeys", &[("credential", &made)]).await.status(),
        422,
        "it was asked of somebody else"
    );
    let (_, elsewhere) = Device::make(&asked, "https://evil.test", 0);
    assert_eq!(owner.post("/account/passkeys", &[("credential", &elsewhere)]).await.status(), 422);
    assert_eq!(
        owner.post("/account/passkeys", &[("credential", &made)]).await.status(),
        422,
        "each question is asked once"
    );
    let (device, added) = add(&owner, 0).await;
    assert_eq!(added.status(), 200);
    let asked = options(owner.post("/account/passkeys/new", &NAMED).await).await;
    assert_eq!(asked["excludeCredentials"].as_array().unwrap().len(), 1, "the device need not make the same again");
    assert_eq!(location(&add(&owner, 0).await.1), "/account?done=passkey", "with a further one there are no codes");
    drop(device);
}

#[tokio::test]
async fn one_is_removed_with_the_password_and_with_the_last_the_recovery_codes_go() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    person(&app, "ana@demo.test").await;
    let owner = signed_in(&app, EMAIL).await;
    let (mut device, added) = add(&owner, 0).await;
    let code = texts(&added.text().await.unwrap(), "pre.once").remove(0).lines().next().unwrap().to_owned();
    let html = owner.get("/account").await.text().await.unwrap();
    assert!(html.contains("Laptop") && html.contains("Never"), "{html}");
    let id = html.split("name=\"passkey\" value=\"").nth(1).unwrap()[..36].to_owned();
    let remove = "/account/passkeys/remove";
    let ana = signed_in(&app, "ana@demo.test").await;
    for (browser, id) in [(&ana, id.as_str()), (&owner, "x"), (&owner, "0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f")] {
        let answer = browser.post(remove, &[("passkey", id), ("password", PASSWORD)]).await;
        assert_eq!(location(&answer), "/account?done=passkey-gone", "what is another's is as good as none");
    }
    let plan = owner.post(remove, &[("passkey", &id)]).await.text().await.unwrap();
    assert!(plan.contains("This is your last passkey"), "{plan}");
    assert_eq!(owner.post(remove, &[("passkey", &id), ("password", "wrong")]).await.status(), 422);
    assert_eq!(use_it(&app, &mut device).await.1.status(), 303, "nothing was changed");
    let done = owner.post(remove, &[("passkey", &id), ("password", PASSWORD)]).await;
    assert_eq!(location(&done), "/account?done=passkey-off");
    assert_eq!(use_it(&app, &mut device).await.1.status(), 422);
    assert_eq!(location(&browser(&app).sign_in(EMAIL, PASSWORD).await), "/", "the password alone again");
    second_step::set_up(&owner).await;
    let half = browser(&app);
    half.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(half.post("/login/code", &[("code", &code)]).await.status(), 422, "that code went with the passkey");
}
