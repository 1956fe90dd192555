//! The OpenAPI document as a whole: what it is about, how one signs in, and in which groups it is read.

use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::problems::ProblemBody;

/// The document of all operations.
pub fn document() -> Document {
    Frame::openapi()
}

/// The document as it is sent, with what types cannot say.
pub fn as_json() -> serde_json::Value {
    let mut document = serde_json::to_value(document()).unwrap_or_default();
    super::refine::refine(&mut document);
    document
}

/// What the document says beside its operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stoa API",
        description = "Create orders one by one or in batches, list and change them, get sales reports, and follow events.",
        license(name = "AGPL-3.0-only", identifier = "AGPL-3.0-only"),
    ),
    paths(
        super::orders::read::list,
        super::orders::create::create,
        super::orders::batch::create,
        super::orders::read::show,
        super::orders::put::put,
        super::orders::change::edit,
        super::orders::change::pay,
        super::orders::change::fulfil,
        super::orders::change::refund,
        super::orders::change::cancel,
        super::orders::change::note,
        super::reports::sales,
        crate::events::for_programs,
    ),
    components(schemas(ProblemBody)),
    modifiers(&Keys),
    tags(
        (name = "Orders", description = "Create, read and change orders"),
        (name = "Reports", description = "Sales figures of a period"),
        (name = "Events", description = "Live events"),
    ),
)]
struct Frame;

struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut Document) {
        let words = "An API key, `stoa_...`. Create one on the API keys page or with `stoa api-key create --tenant T \
            --scopes ...`.";
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(words)).build();
        document.components.get_or_insert_default().add_security_scheme("key", SecurityScheme::Http(scheme));
    }
}
