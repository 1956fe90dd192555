//! What an author of a program should know before the first call.

use leptos::prelude::*;

use super::page::inline;

/// Ids and titles of the sections.
pub const CONTENTS: [(&str, &str); 8] = [
    ("keys", "Keys and scopes"),
    ("money-and-time", "Money and time"),
    ("orders", "Life of an order"),
    ("repeating", "Repeating a request"),
    ("errors", "Errors"),
    ("paging", "Paging"),
    ("events", "Events"),
    ("webhooks", "Webhooks"),
];

const TEXTS: [&[&str]; 8] = [
    &[
        "Send `Authorization: Bearer stoa_...` with every request. Create keys on the API keys page or with `stoa api-key create`. A key is shown only once.",
        "A key belongs to one tenant and has scopes: `orders:read`, `orders:write`, `reports:read`, `events:read`. It can be limited to one store; then all other stores respond as not found.",
        "A missing or invalid key returns 401, a missing scope 403. Resources of other tenants respond exactly like resources that do not exist.",
    ],
    &[
        "Amounts are integers in minor units (pence, cents, yen) of the `currency` beside them. Amounts of different currencies are never added.",
        "Times are RFC 3339. Send any offset; responses use UTC. A day is a day in the store time zone, including days of 23 and 25 hours.",
    ],
    &[
        "An order is `open`, `closed` or `cancelled`. Its payment status follows from its payments and refunds, its fulfilment status from its fulfilments.",
        "An order can arrive with its history: `payments`, `fulfilments`, `refunds`, `cancelled_at`, `closed_at`, `on_hold`. Without `payments` it counts as paid when it was placed; an empty list is an unpaid order. Without `fulfilments` nothing was sent.",
        "A stored order changes by POST to `payments`, `fulfilments`, `refunds`, `cancellation` or `notes` below its path, and by PATCH for contact, addresses, notes and tags. PUT to `/api/v1/orders/{store}/{number}` creates the order or replaces it by its latest state, and says in `result` what it did; a state with an older `updated_at` than the stored one changes nothing. The response is the order after the change. A change that the order does not allow returns 422 or 409 with the reason, and nothing is changed.",
        "A refund gives back items with their share of discount and tax, shipping, an amount, or everything that was paid. A cancelled order counts in no figure, and neither do its refunds. Stoa moves no money: make payments and refunds with your payment provider.",
        "`version` counts the changes of an order, and `ETag` holds it. PATCH with `If-Match` changes the order only if it still has that version, and returns 412 otherwise.",
    ],
    &[
        "Send `Idempotency-Key` with every POST, PUT and PATCH: 1 to 255 visible ASCII characters, unique in the tenant. Repeat the request with the same key until you receive a response.",
        "The effect happens once. Later responses repeat the first one byte for byte, with `Idempotency-Replayed: true`. While the first request runs, the response is 409 with `Retry-After`. The same key with another path or body returns 422.",
        "Responses with 4xx are not stored under the key. No changes were made, so correct the request and send it again.",
        "The order number also protects an order. The same order again returns 200 with the current order. A different order with the same number returns 409; to replace it, use PUT or a batch with `mode=update`.",
    ],
    &[
        "Errors are `application/problem+json` (RFC 9457). Invalid bodies, parameters and headers return 422 with one entry per invalid field in `errors`. No changes were made. Unknown fields and parameters are invalid too.",
        "A body that is not JSON returns 400 with line and column. A body that is too large returns 413, another content type 415.",
        "Every response has `X-Request-Id`. Include it when you ask for help.",
    ],
    &[
        "Lists are sorted newest first, with 50 entries per page. Set `limit` from 1 to 200. `next_cursor` leads to the next page with the same filters, and is null on the last page.",
        "Pages start at a position, not at a count. New entries do not shift or repeat others, and late pages are as fast as the first.",
        "A cursor works for 7 days and only with the key that received it. Any other cursor returns 422 for `cursor`; start at the first page then.",
    ],
    &[
        "`GET /api/v1/events` is a server-sent event stream. `id:` is the tenant's own sequence number without gaps, in the order of commits, and `data:` is JSON. `event:` is `order.placed`, `order.paid`, `order.fulfilled`, `order.refunded`, `order.cancelled`, `order.edited`, `order.updated`, `import.progress`, `store.created`, `store.changed`, `access.changed`, `figures.rebuilt` or `gap`.",
        "Every change of a stored order is an `order.updated`, except that orders replaced by an import are announced by `import.progress` only. A payment after which the order is paid, a fulfilment, a refund, a cancellation and an edit also have an event of their own immediately before it, with the same data. A new order is one `order.placed`, whatever its history.",
        "To resume, send the last ID that you handled as `Last-Event-ID` (or `?after=`). If later events were already deleted, the first event is `event: gap`. Its ID is the last deleted one. Read the lists again, then continue.",
        "A comment is sent immediately. After every 15 seconds without another event, the stream sends `event: heartbeat` with `data: {}` and no ID. Reconnect when you receive neither for 30 seconds.",
        "The stream ends within 5 seconds when the key is revoked, and when the server restarts. Reconnect then. A key limited to one store receives only events of that store, so its IDs have gaps, but no event of the store is missing.",
    ],
    &[
        "Webhooks send the same events to your URL by POST. The body is `{\"id\", \"type\", \"created_at\", \"tenant\", \"seq\", \"data\"}`. `type` and `data` are those of the stream, and `seq` is the sequence number.",
        "Every webhook receives `gap` when events were deleted before they were sent. `webhook.test`, without `seq`, is sent when you test the webhook.",
        "Respond with any 2xx status within 10 seconds. The first 1,024 bytes of your response are stored in the log.",
        "After any other response, Stoa retries after about 1, 5 and 30 minutes and 2, 4, 8 and 12 hours, with the same `webhook-id`. Status 410 disables the webhook.",
        "A message can arrive twice or out of order. Store the IDs that you handled, and use `seq` where order matters.",
        "Messages are signed as in Standard Webhooks. `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `webhook-id.webhook-timestamp.body`. The key is the base64-decoded part of the secret after `whsec_`. For a day after a rotation there are two signatures, separated by a space.",
        "Accept a message only if one signature matches in a constant-time comparison, and the timestamp is at most 5 minutes away.",
    ],
];

/// The sections.
pub fn sections() -> AnyView {
    let section = |((id, title), texts): (&(&'static str, &'static str), &&[&'static str])| {
        let paragraphs = texts.iter().map(|text| view! { <p>{inline(text)}</p> }).collect_view();
        view! { <section><h2 id=*id>{*title}</h2>{paragraphs}</section> }
    };
    CONTENTS.iter().zip(&TEXTS).map(section).collect_view().into_any()
}
