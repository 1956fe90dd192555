//! The team, keys, the account, and what is seen before somebody is signed in.

use db::api_keys::KeyRow;
use db::people::passkeys::Passkey;
use db::people::second_factor::{Enrolment, Standing};
use db::team::{Invitation, Invited as InvitedTo, LinkDelivery, Member, OwnRole};
use domain::calendar::Tz;
use domain::fields::FieldErrors;
use domain::ids::{StoreId, Uuid};
use domain::people::{MemberRole, StoreAccess};
use domain::permission::{KeyScope, Permission, Role};

use super::fixtures::{HOSTILE, frame, now};
use super::{assert_clean, attributes, texts};
use crate::document::{Document, Theme};
use crate::frame::{ImpersonationBar, Section};
use crate::pages::account::{self, AccountPage, FactorPage, SessionRow, Typed};
use crate::pages::entry::{self, InvitationPage, Standing as Reader};
use crate::pages::keys::{self, KeyForm, KeyIndex};
use crate::pages::team::{self, Confirm, Invited, MemberPage, PlaceForm, RolePage, TeamIndex};
use crate::ui::Clock;

fn html(page: Document) -> String {
    let html = page.with_nonce("N");
    assert_clean(&html);
    assert!(!html.contains(HOSTILE), "{html}");
    html
}

fn clock() -> Clock {
    Clock::new(now(), Tz::UTC)
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn own_role(in_use: i64) -> OwnRole {
    let permissions = [Permission::ReadOrders, Permission::RunImports].into_iter().collect();
    OwnRole { id: id(9).into(), name: HOSTILE.into(), permissions, in_use }
}

fn member(n: u128, role: MemberRole, stores: StoreAccess) -> Member {
    let (email, name) = (format!("m{n}@demo.test"), HOSTILE.to_owned());
    let (joined_at, seen_at) = (now(), (n == 1).then(now));
    let (is_proven, is_open) = (n == 1, true);
    Member {
        id: id(n).into(),
        email,
        name,
        role,
        stores,
        joined_at,
        seen_at,
        has_second_factor: n == 1,
        is_proven,
        is_open,
    }
}

fn team_index() -> TeamIndex {
    let some = StoreAccess::of(Some([StoreId(Uuid::nil()), StoreId(id(77))]));
    TeamIndex {
        frame: frame(Section::Team),
        members: vec![
            member(1, MemberRole::Fixed(Role::Owner), StoreAccess::All),
            member(2, own_role(1).member_role(), some),
        ],
        invitations: vec![Invitation {
            id: id(5).into(),
            email: "x@demo.test".into(),
            role: MemberRole::Fixed(Role::Viewer),
            stores: StoreAccess::All,
            sent_at: now(),
            expires_at: now(),
            has_sender: true,
        }],
        roles: vec![own_role(1)],
        me: id(1).into(),
        form: PlaceForm::default(),
        invited: None,
        refused: None,
        done: None,
        clock: clock(),
    }
}

#[test]
fn the_team_says_who_may_do_what_where() {
    let page = html(team::index(&team_index()));
    let rows = texts(&page, "section:nth-of-type(1) tbody tr");
    assert!(rows[0].contains("Owner") && rows[0].contains("All stores") && rows[0].contains("(you)"), "{rows:?}");
    assert!(rows[1].contains("a deleted store") && rows[1].contains("Not recently"), "{rows:?}");
    assert!(page.contains("Expired"));
    let mut index = team_index();
    (index.invitations, index.roles) = (Vec::new(), Vec::new());
    index.invited = Some(Invited { email: "x@demo.test".into(), link: Some(format!("https://x/{HOSTILE}")) });
    index.form = PlaceForm {
        email: HOSTILE.into(),
        stores: Some(vec!["shop".into()]),
        faults: FieldErrors::one("email", "Enter an email."),
        ..PlaceForm::default()
    };
    let page = html(team::index(&index));
    assert!(page.contains("No custom roles yet") && !page.contains("/withdraw"));
    assert_eq!(attributes(&page, "input[name=email]", "aria-invalid"), ["true"]);
    assert_eq!(attributes(&page, "input[name=stores][checked]", "value"), ["shop"]);
    assert_eq!(texts(&page, "code.once").len(), 1);
}

#[test]
fn owners_and_oneself_are_not_changed_and_plans_are_shown() {
    let page = |member: Member, is_me: bool, i_own: bool| {
        let (frame, clock) = (frame(Section::Team), clock());
        let form = PlaceForm::of(member.role.code(), &member.stores, &frame.stores);
        html(team::member(&MemberPage {
            frame,
            member,
            roles: vec![own_role(0)],
            is_me,
            i_own,
            form,
            refused: None,
            clock,
        }))
    };
    let other = page(member(2, MemberRole::Fixed(Role::Staff), StoreAccess::All), false, true);
    assert!(other.contains("/remove\"") && other.contains("/transfer\""), "{other}");
    assert_eq!(attributes(&other, "option[selected]", "value"), ["staff", "all"]);
    for locked in [
        page(member(1, MemberRole::Fixed(Role::Owner), StoreAccess::All), false, false),
        page(member(2, MemberRole::Fixed(Role::Staff), StoreAccess::All), true, false),
    ] {
        assert!(!locked.contains("/remove\"") && !locked.contains("<select"), "{locked}");
    }
    let confirm = Confirm {
        frame: frame(Section::Team),
        title: HOSTILE.into(),
        plan: vec![HOSTILE.into()],
        label: "Do it",
        action: "/x".into(),
        back: "/y".into(),
        asks_password: true,
        faults: FieldErrors::one("password", "Incorrect password."),
        refused: Some(HOSTILE.into()),
    };
    let page = html(team::confirm(&confirm));
    assert!(page.contains("Incorrect password.") && page.contains("autocomplete=\"current-password\""), "{page}");
}

#[test]
fn a_role_offers_what_may_be_given_and_deletes_only_unused() {
    let page = |role: Option<OwnRole>| {
        let permissions = role.as_ref().map(|r| r.permissions).unwrap_or_default();
        let may_give = [Permission::ReadOrders].into_iter().collect();
        let (faults, refused) = (FieldErrors::default(), None);
        html(team::role(&RolePage {
            frame: frame(Section::Team),
            role,
            name: HOSTILE.into(),
            permissions,
            may_give,
            faults,
            refused,
        }))
    };
    assert_eq!(attributes(&page(None), "input[name=permissions]", "value"), ["orders.read"]);
    let unused = page(Some(own_role(0)));
    assert_eq!(attributes(&unused, "input[name=permissions][checked]", "value"), ["orders.read", "imports.run"]);
    assert!(unused.contains("/delete\"") && !page(Some(own_role(2))).contains("/delete\""));
}

#[test]
fn keys_say_how_they_stand_and_show_their_text_once() {
    let key = |n: u128, days: Option<i64>, revoked: bool| KeyRow {
        maker: Some("o@demo.test".into()),
        is_orphan: n == 1,
        id: id(n).into(),
        name: if n == 1 { HOSTILE.into() } else { String::new() },
        scopes: vec![KeyScope::OrdersRead],
        store: Some(HOSTILE.into()),
        store_id: None,
        created_at: now(),
        expires_at: days.map(|days| now() + chrono::TimeDelta::days(days)),
        last_used_at: (n == 1).then(now),
        revoked_at: revoked.then(now),
    };
    let rows = vec![key(1, None, false), key(2, Some(3), false), key(3, Some(-3), false), key(4, None, true)];
    let index = |keys: Vec<KeyRow>, made: Option<&str>| KeyIndex {
        frame: frame(Section::Keys),
        keys,
        form: KeyForm { faults: FieldErrors::one("scopes", "Select at least one scope."), ..KeyForm::default() },
        made: made.map(str::to_owned),
        done: None,
        clock: clock(),
    };
    let page = html(keys::index(&index(rows, Some("stoa_abc"))));
    let states = texts(&page, "tbody tr td:last-child .pill");
    assert_eq!(states, ["Active", "Creator lost access", "Expires", "Expired", "Revoked"]);
    assert_eq!(texts(&page, "code.once"), ["stoa_abc"]);
    assert!(page.contains("Select at least one scope."));
    assert!(html(keys::index(&index(Vec::new(), None))).contains("No API keys yet"));
}

#[test]
fn the_account_names_its_faults_and_its_sessions() {
    let session = |is_this: bool| SessionRow {
        name: "ab".repeat(32),
        device: HOSTILE.into(),
        address: HOSTILE.into(),
        began_at: now(),
        seen_at: now(),
        is_this,
    };
    let faults = FieldErrors::one("current", "Incorrect password.");
    let page = AccountPage {
        visitor: frame(Section::Home).visitor,
        memberships: vec![frame(Section::Home).membership],
        sessions: vec![session(true), session(false)],
        factor: Standing { is_on: true, passkeys: 1, recovery_codes: 1 },
        passkeys: vec![Passkey { id: Uuid::nil().into(), name: HOSTILE.into(), created_at: now(), last_used_at: None }],
        takes_passkeys: true,
        typed: Typed { name: Some(HOSTILE.into()), email: HOSTILE.into(), passkey: HOSTILE.into() },
        faults,
        done: Some(HOSTILE.into()),
        clock: clock(),
    };
    let page = html(account::page(&page));
    assert_eq!(attributes(&page, "[aria-invalid]", "name"), ["current"]);
    assert_eq!(attributes(&page, "input[name=session]", "value").len(), 1, "this one is signed out, not ended");
    assert!(page.contains("1 recovery code is left"), "{page}");
}

#[test]
fn the_second_factor_is_drawn_here_and_typed_anywhere() {
    let enrolment = Enrolment { secret: "ABCDEF".into(), address: "otpauth://totp/Stoa:a?secret=ABCDEF".into() };
    let page = |enrolment: Option<Enrolment>| FactorPage {
        visitor: frame(Section::Home).visitor,
        standing: Standing { is_on: enrolment.is_none(), passkeys: 0, recovery_codes: 3 },
        enrolment,
        asked_by: Some(HOSTILE.into()),
        faults: FieldErrors::one("remove_password", "Incorrect password."),
        refused: None,
    };
    let setting_up = html(account::factor(&page(Some(enrolment))));
    assert_eq!(attributes(&setting_up, "svg.qr path", "d").len(), 1);
    assert_eq!(texts(&setting_up, "code.once"), ["ABCDEF"]);
    let on = html(account::factor(&page(None)));
    assert!(on.contains("3 recovery codes are left") && !on.contains("svg class=\"qr\""), "{on}");
}

#[test]
fn an_invitation_says_what_each_reader_can_do() {
    let page = |standing: Reader| {
        let invited = InvitedTo {
            tenant: Uuid::nil().into(),
            slug: "demo".into(),
            tenant_name: HOSTILE.into(),
            email: "x@demo.test".into(),
            role: HOSTILE.into(),
            has_account: false,
            delivery: LinkDelivery::Mailed,
        };
        let (name, faults, refused) = (HOSTILE.into(), FieldErrors::default(), Some(HOSTILE.into()));
        let page =
            InvitationPage { invited, secret: "abc".into(), standing, name, faults, refused, theme: Theme::System };
        html(entry::invitation(&page))
    };
    assert!(page(Reader::New).contains("name=\"password\""));
    assert!(page(Reader::HasAccount).contains("/login?next=/invitation/abc"));
    assert!(page(Reader::Other("y@demo.test".into())).contains("signed in as y@demo.test"));
    assert!(!page(Reader::Invited).contains("name=\"password\""));
}

#[test]
fn whoever_impersonates_a_member_reads_so_on_every_page() {
    let mut frame = frame(Section::Team);
    let bar = |has_write_access| {
        Some(ImpersonationBar { admin: HOSTILE.into(), member: HOSTILE.into(), until: now(), has_write_access })
    };
    frame.visitor.impersonation = bar(false);
    let page = html(team::index(&TeamIndex { frame: frame.clone(), ..team_index() }));
    assert!(page.contains("until 14:00 (Europe/London)") && page.contains("/impersonation/write-access"), "{page}");
    assert!(!page.contains("href=\"/account\""), "the account is the member's alone");
    frame.visitor.impersonation = bar(true);
    let page = html(team::index(&TeamIndex { frame, ..team_index() }));
    assert!(!page.contains("/impersonation/write-access") && page.contains("/impersonation/end"));
}
