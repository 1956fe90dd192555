//! What an author of a program should know before the first call.

use leptos::prelude::*;

use super::page::inline;

/// Ids and titles of the sections.
pub const CONTENTS: [(&str, &str); 7] = [
    ("keys", "Keys and scopes"),
    ("money-and-time", "Money and time"),
    ("repeating", "Repeating a request"),
    ("errors", "Errors"),
    ("paging", "Paging"),
    ("events", "Events"),
    ("webhooks", "Webhooks"),
];

const TEXTS: [&[&str]; 7] = [
    &[
        "Every call carries `Authorization: Bearer stoa_...`. A key belongs to one tenant and has scopes: `orders:read`, `orders:write`, `reports:read`, `events:read`. It may be confined to one store; then all others do not exist for it. Keys are made with `stoa api-key create` and shown once.",
        "A missing or wrong key is answered with 401, a missing scope with 403. What belongs to somebody else is answered exactly like what does not exist.",
    ],
    &[
        "Amounts are whole numbers of minor units (pence, cents, yen) of the `currency` that stands beside them. Amounts of unlike currencies are never added.",
        "Times are RFC 3339. They may be sent with any offset and are answered in UTC. A day is a day of the store's own time zone, 23 and 25 hour days included.",
    ],
    &[
        "Send `Idempotency-Key` (1 to 255 visible ASCII characters, unique in the tenant) with every POST, and repeat the request with the same key until an answer comes. The effect happens once; later answers are the first one byte for byte, with `Idempotency-Replayed: true`. While the first request still runs, the answer is 409 with `Retry-After`. The same key with another body is refused with 422.",
        "Answers of 4xx are not kept under the key: nothing happened, so repair the request and send it again. An order is also protected by its number: the same order again is answered with 200 and the order as it now stands, another order under a number that is taken with 409.",
    ],
    &[
        "Errors are `application/problem+json` (RFC 9457). A body, parameter or header with faults is answered with 422 and one entry per faulty field in `errors`, all at once; nothing was changed. Unknown fields and parameters are faults too.",
        "A body that is no JSON is 400 with line and column, one that is too large 413, one of another content type 415. Every answer carries `X-Request-Id`; name it when you ask for help.",
    ],
    &[
        "Lists run newest first, 50 entries a page unless `limit` (1 to 200) says otherwise. `next_cursor` leads to the following page under the same filters, and is null on the last. Pages are read by position and not by count: entries that arrive meanwhile neither shift nor repeat anything, and the ten thousandth page is as quick as the first. A cursor is for the key that was given it, and for seven days; any other is a fault of `cursor` (422): begin at the first page then.",
    ],
    &[
        "`GET /api/v1/events` is a server-sent event stream. `id:` is the tenant's own sequence number without holes, in the order of commits; `event:` is `order.placed`, `order.updated`, `import.progress`, `store.created`, `store.changed`, `access.changed`, `figures.rebuilt` or `gap`; `data:` is JSON. To resume, send the last id that you handled as `Last-Event-ID` (or `?after=`). When events after it are no longer kept, one `event: gap` comes first: its id is the last one that was lost, so read the lists again and go on.",
        "A comment comes at once. After every 15 seconds without another event comes `event: heartbeat` with `data: {}` and no id: when 30 seconds pass without either, the connection is lost, so connect again. The stream ends within five seconds when the key is revoked, and when the server restarts: connect again. A key that is confined to one store gets that store's events only, so the ids that it sees have holes; nothing that concerns it is missing.",
    ],
    &[
        "Webhooks tell the same events to an address of yours, by POST, as they happen. The body is `{\"id\", \"type\", \"created_at\", \"tenant\", \"seq\", \"data\"}`: `type` and `data` are those of the stream, `seq` its number. `gap` comes to every webhook when events were no longer kept; `webhook.test`, without `seq`, when somebody tries the address. Answer with any status of 2xx within 10 seconds; what you answer is kept in the log, its first 1,024 bytes.",
        "Anything else is tried again after about 1, 5 and 30 minutes and 2, 4, 8 and 12 hours, under the same `webhook-id`, and then given up; 410 switches the webhook off. A message may come twice, and one may overtake another: keep the ids that you have handled, and go by `seq` where order matters.",
        "Messages are signed as the Standard Webhooks say: `webhook-signature` holds `v1,` and the base64 of HMAC-SHA256 over `webhook-id.webhook-timestamp.body` under the bytes that follow `whsec_` in the secret, in base64; two of them, apart by a blank, for a day after another secret was made. Take a message only if one of them is yours, compared in constant time, and the timestamp is not more than five minutes away.",
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
