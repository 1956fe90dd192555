//! Tiers: listed, made, copied, changed and retired. What a change would do is shown before it is done.

use app::frame::Place;
use app::pages::platform::jobs::{Confirm, confirm};
use app::pages::platform::tiers::{TierForm, Tiers, changes, form, list};
use app::ui::money::things;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Response};
use db::DataError;
use db::platform::{Affected, NewTier, Tier};
use domain::fields::FieldErrors;
use domain::limits::{Feature, Limit, Terms};

use super::{frame, is_sure, value};
use crate::auth::{Needs, PlatformAdmin};
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::routes::Routes;

type Pairs = Vec<(String, String)>;

const PATH: &str = "/platform/tiers";
/// Tenants that are named one by one.
const NAMED: usize = 20;

/// All routes of tiers.
pub fn routes() -> Routes {
    const ADMIN: Needs = Needs::PlatformAdmin;
    Routes::new()
        .get(PATH, ADMIN, index)
        .post(PATH, ADMIN, create)
        .get("/platform/tiers/new", ADMIN, new)
        .get("/platform/tiers/{slug}", ADMIN, show)
        .post("/platform/tiers/{slug}", ADMIN, change)
        .post("/platform/tiers/{slug}/retire", ADMIN, retire)
        .post("/platform/tiers/{slug}/offer", ADMIN, offer)
}

async fn index(admin: PlatformAdmin, visit: Visit) -> Result<Response, PageError> {
    let tiers = admin.platform.tiers().await?;
    let done = visit.done().and_then(done_words);
    Ok(answer::ok(Tiers { frame: frame(&admin, visit, Place::Tiers), tiers, done }, list).await)
}

// An empty form, or one that holds what another tier says.
async fn new(admin: PlatformAdmin, visit: Visit, Query(asked): Query<Pairs>) -> Result<Response, PageError> {
    let from = value(&asked, "from");
    let typed = match from {
        "" => typed("", &Terms::default()),
        from => typed("", &admin.platform.tier(from).await?.terms),
    };
    Ok(answer::ok(new_form(&admin, visit, typed, FieldErrors::default()), form).await)
}

async fn create(admin: PlatformAdmin, visit: Visit, Form(pairs): Form<Pairs>) -> Result<Response, PageError> {
    let made = match read(value(&pairs, "slug").trim(), &pairs) {
        Ok(new) => admin.platform.create_tier(&new).await,
        // Faults of name and slug are told together with those of the limits.
        Err((new, mut faults)) => {
            faults.0.extend(db::platform::check_tier(&new).err().unwrap_or_default().0);
            Err(faults.into())
        }
    };
    match made {
        Ok(()) => Ok(answer::done(PATH, "made").into_response()),
        Err(DataError::Invalid(faults)) => Ok(answer::faulty(new_form(&admin, visit, pairs, faults), form).await),
        Err(error) => Err(error.into()),
    }
}

async fn show(admin: PlatformAdmin, visit: Visit, Path(slug): Path<String>) -> Result<Response, PageError> {
    let tier = admin.platform.tier(&slug).await?;
    let typed = typed(&tier.name, &tier.terms);
    Ok(answer::ok(old_form(&admin, visit, &tier, typed, FieldErrors::default()), form).await)
}

// First what it would change, for whom; then, when that is answered, it does.
async fn change(
    admin: PlatformAdmin,
    visit: Visit,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let tier = admin.platform.tier(&slug).await?;
    let checked = match read(&slug, &pairs) {
        Ok(new) => db::platform::check_tier(&new).map(|()| new),
        Err((new, mut faults)) => {
            faults.0.extend(db::platform::check_tier(&new).err().unwrap_or_default().0);
            Err(faults)
        }
    };
    let new = match checked {
        Ok(new) => new,
        Err(faults) => return Ok(answer::faulty(old_form(&admin, visit, &tier, pairs, faults), form).await),
    };
    if is_sure(&pairs) {
        admin.platform.change_tier(&new).await?;
        return Ok(answer::done(&format!("{PATH}/{slug}"), "changed").into_response());
    }
    let affected = admin.platform.effect(&slug, &new.terms).await?;
    let mut words = changes(&tier.terms, &new.terms);
    if new.name.trim() != tier.name {
        words.insert(0, format!("Name: {} (was {}).", new.name.trim(), tier.name));
    }
    let is_change = !words.is_empty();
    words.push(match tier.tenants {
        0 => "No tenants are on this tier.".to_owned(),
        n => format!("The change applies immediately to {}. Existing data stays.", things(n, "tenant", "tenants")),
    });
    words.extend(above(&affected));
    let mut hidden: Pairs = pairs.into_iter().filter(|(name, _)| name != "go").collect();
    hidden.push(("go".to_owned(), "1".to_owned()));
    Ok(answer::ok(
        Confirm {
            frame: frame(&admin, visit, Place::Tiers),
            title: format!("Change tier {}?", tier.name),
            words: if is_change { words } else { vec!["No changes to save.".to_owned()] },
            action: format!("{PATH}/{slug}"),
            hidden,
            label: is_change.then(|| "Change tier".to_owned()),
            asks_why: false,
            is_final: false,
            back: format!("{PATH}/{slug}"),
            reason: String::new(),
            faults: FieldErrors::default(),
        },
        confirm,
    )
    .await)
}

async fn retire(
    admin: PlatformAdmin,
    visit: Visit,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let tier = admin.platform.tier(&slug).await?;
    if is_sure(&pairs) {
        let changed = admin.platform.retire_tier(&slug, true).await?;
        return Ok(answer::done(PATH, if changed { "retired" } else { "unchanged" }).into_response());
    }
    Ok(answer::ok(
        Confirm {
            frame: frame(&admin, visit, Place::Tiers),
            title: format!("Retire tier {}?", tier.name),
            words: vec![
                "No new tenants can be moved to it.".to_owned(),
                match tier.tenants {
                    0 => "No tenants are on it.".to_owned(),
                    n => {
                        format!(
                            "{} on it and will stay on it with the same limits.",
                            things(n, "tenant is", "tenants are")
                        )
                    }
                },
            ],
            action: format!("{PATH}/{slug}/retire"),
            hidden: vec![("go".to_owned(), "1".to_owned())],
            label: Some("Retire tier".to_owned()),
            asks_why: false,
            is_final: false,
            back: format!("{PATH}/{slug}"),
            reason: String::new(),
            faults: FieldErrors::default(),
        },
        confirm,
    )
    .await)
}

async fn offer(admin: PlatformAdmin, Path(slug): Path<String>) -> Result<Response, PageError> {
    let changed = admin.platform.retire_tier(&slug, false).await?;
    Ok(answer::done(PATH, if changed { "offered" } else { "unchanged" }).into_response())
}

/// Who would be above which limit, a sentence a tenant.
fn above(affected: &[Affected]) -> Vec<String> {
    let Some(number) = i64::try_from(affected.len()).ok().filter(|n| *n > 0) else {
        return vec!["No tenant would be over a limit.".to_owned()];
    };
    let mut words =
        vec![format!("{} over a limit and could not add more:", things(number, "tenant would be", "tenants would be"))];
    words.extend(
        affected
            .iter()
            .take(NAMED)
            .map(|tenant| format!("{} ({}): {}.", tenant.name, tenant.slug, super::tenants::said(&tenant.above))),
    );
    if affected.len() > NAMED {
        words.push(format!("and {} more.", affected.len() - NAMED));
    }
    words
}

fn read(slug: &str, pairs: &Pairs) -> Result<NewTier, (NewTier, FieldErrors)> {
    let (mut terms, mut faults) = (Terms::default(), FieldErrors::default());
    for limit in Limit::ALL {
        let typed: String =
            value(pairs, limit.as_str()).chars().filter(|c| !matches!(c, ' ' | ',' | '_' | '\u{a0}')).collect();
        if typed.is_empty() {
            continue;
        }
        let set = typed.parse().map_err(|_| "Enter a whole number, or leave empty for no limit.".to_owned());
        if let Err(words) = set.and_then(|n| terms.set(limit, Some(n))) {
            faults.add(limit.as_str(), words);
        }
    }
    for feature in Feature::ALL {
        terms.offer(feature, pairs.iter().any(|(n, v)| n == "has" && v == feature.as_str()));
    }
    let new = NewTier { slug: slug.to_owned(), name: value(pairs, "name").to_owned(), terms };
    if faults.is_empty() { Ok(new) } else { Err((new, faults)) }
}

fn typed(name: &str, terms: &Terms) -> Pairs {
    let limits =
        Limit::ALL.into_iter().filter_map(|limit| Some((limit.as_str().to_owned(), terms.allowed(limit)?.to_string())));
    let has = Feature::ALL.into_iter().filter(|feature| terms.has(*feature));
    let has = has.map(|feature| ("has".to_owned(), feature.as_str().to_owned()));
    std::iter::once(("name".to_owned(), name.to_owned())).chain(limits).chain(has).collect()
}

fn new_form(admin: &PlatformAdmin, visit: Visit, typed: Pairs, faults: FieldErrors) -> TierForm {
    TierForm {
        frame: frame(admin, visit, Place::Tiers),
        slug: None,
        title: "New tier".to_owned(),
        is_retired: false,
        tenants: 0,
        typed,
        faults,
        done: None,
    }
}

fn old_form(admin: &PlatformAdmin, visit: Visit, tier: &Tier, typed: Pairs, faults: FieldErrors) -> TierForm {
    TierForm {
        done: visit.done().and_then(done_words),
        slug: Some(tier.slug.clone()),
        title: tier.name.clone(),
        is_retired: tier.retired_at.is_some(),
        tenants: tier.tenants,
        ..new_form(admin, visit, typed, faults)
    }
}

fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "made" => Some("Tier created."),
        "changed" => Some("Tier changed for all its tenants."),
        "retired" => Some("Tier retired."),
        "offered" => Some("Tier offered again."),
        "unchanged" => Some("No changes to save."),
        _ => None,
    }
}
