//! Words that stand in addresses where a slug could stand: none of them may be given to a tenant, a store or a tier.

use domain::slug;
use server::router;

use crate::browser::tenant_with_owner;
use crate::harness::App;
use crate::tenants::admin;

/// Segments that hold no slug: ids, days, secrets, files, and numbers of orders, which may stand behind a tilde.
const NO_SLUGS: [&str; 7] = ["{id}", "{number}", "{quarter}", "{secret}", "{*file}", "{verb}", "{session}"];

#[tokio::test]
async fn no_page_hides_what_bears_its_name() {
    let app = App::new().await;
    let paths: Vec<Vec<String>> = router::table(&app.state)
        .into_iter()
        .map(|route| route.path.split('/').skip(1).map(str::to_owned).collect())
        .collect();
    let is_parameter = |segment: &str| segment.starts_with('{');
    // Whether what stands before is the same for some address.
    let meets = |a: &[String], b: &[String]| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || is_parameter(a) || is_parameter(b))
    };
    let mut found = 0;
    for named in &paths {
        for (at, parameter) in
            named.iter().enumerate().filter(|(_, s)| is_parameter(s) && !NO_SLUGS.contains(&s.as_str()))
        {
            let beside = paths.iter().filter(|other| other.len() > at && meets(&other[..at], &named[..at]));
            for word in beside.map(|other| other[at].as_str()).filter(|word| !is_parameter(word)) {
                found += 1;
                let path = named.join("/");
                assert!(
                    slug::check(word).is_err(),
                    "/{path}: a page hides what is called '{word}' at {parameter}; reserve it"
                );
            }
        }
    }
    assert!(found > 0, "there is one at least: /platform/tenants/new");
}

#[tokio::test]
async fn a_reserved_word_is_refused_for_everything_that_has_a_slug() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let admin = admin(&app).await;
    for word in slug::RESERVED {
        let tenant = [("slug", *word), ("name", "New"), ("tier", "standard"), ("email", "new@shop.test")];
        for (path, form) in
            [("/platform/tenants", &tenant[..]), ("/platform/tiers", &[("slug", *word), ("name", "New")])]
        {
            let answer = admin.post(path, form).await;
            assert_eq!(answer.status(), 422, "{path} {word}");
            assert!(answer.text().await.unwrap().contains("is reserved"), "{path} {word}");
        }
        let platform = db::platform::Platform::command(app.db.clone());
        assert!(platform.create_tenant(word, "New", "standard").await.is_err());
        let scope = access.scope(domain::permission::Permission::ManageStores).unwrap();
        let new = db::stores::NewStore { slug: word, name: "New", time_zone: "UTC", currency: "GBP" };
        assert!(db::stores::create(&scope, new).await.is_err(), "{word}");
    }
}
