//! The browsers in which somebody is signed in.

use leptos::prelude::*;

use super::model::SessionRow;
use crate::ui::table::{Column, Table};
use crate::ui::{Button, Card, Clock, Look, Pill, Tone, When};

/// The list.
pub(super) fn card(sessions: &[SessionRow], clock: Clock) -> impl IntoView + use<> {
    let row = |session: &SessionRow| {
        let end = if session.is_this {
            view! { <Pill tone=Tone::Info label="This session"/> }.into_any()
        } else {
            let name = session.name.clone();
            view! {
                <form method="post" action="/account/sessions/end">
                    <input type="hidden" name="session" value=name/>
                    <Button label="Sign out" look=Look::Quiet/>
                </form>
            }
            .into_any()
        };
        view! {
            <tr>
                <td><span class="clip wide-clip">{session.device.clone()}</span></td>
                <td class="wide"><code>{session.address.clone()}</code></td>
                <td class="wide"><When at=session.began_at clock/></td>
                <td><When at=session.seen_at clock/></td>
                <td>{end}</td>
            </tr>
        }
    };
    let rows = sessions.iter().map(row).collect_view();
    let columns = vec![
        Column::text("Browser"),
        Column::text("IP address").wide(),
        Column::time("Signed in", &clock).wide(),
        Column::time("Last used", &clock),
        Column::text(""),
    ];
    view! {
        <Card title="Sessions" flush=true><Table caption="Sessions" columns>{rows}</Table></Card>
        <div class="actions">
            <form method="post" action="/logout"><Button label="Sign out here"/></form>
            <form method="post" action="/account/sign-out-everywhere">
                <Button label="Sign out everywhere" look=Look::Danger/>
            </form>
        </div>
    }
}
