//! What costs no order: whatever is not essential of one is tidied as it arrives, the same on every way in. What is lost by it is
//! noted; what cannot be seen anyway, such as a space behind a name, is not worth a note.

use super::{Address, Draft, MAX_TAGS, NewCustomer};
use crate::email;
use crate::fields::FieldErrors;
use crate::text;

/// What becomes of a text that is too long.
#[derive(Clone, Copy)]
enum TooLong {
    /// Its beginning stays.
    Cut,
    /// Nothing of it stays: a part would name something else.
    LeftOut,
}

impl Draft {
    /// Tidies what is not essential; what was changed, each with its field.
    pub(super) fn clean(&mut self) -> FieldErrors {
        let mut notes = FieldErrors::default();
        shorten(&mut self.number);
        self.customer = self.customer.take().and_then(|customer| clean_customer(customer, &mut notes));
        for (i, item) in self.items.iter_mut().enumerate() {
            item.sku = item
                .sku
                .take()
                .and_then(|sku| line(sku, 100, TooLong::LeftOut, &mut notes, || format!("items[{i}].sku")));
            let title = std::mem::take(&mut item.title);
            item.title = line(title, 500, TooLong::Cut, &mut notes, || format!("items[{i}].title")).unwrap_or_default();
        }
        self.note = self.note.take().map(|note| long_text(note, "note", &mut notes));
        self.clean_details(&mut notes);
        self.clean_tags(&mut notes);
        notes
    }

    fn clean_details(&mut self, notes: &mut FieldErrors) {
        let details = &mut self.details;
        let mut word =
            |text: Option<String>, most, name: &str| line(text?, most, TooLong::LeftOut, notes, || name.to_owned());
        details.external_id = word(details.external_id.take(), 100, "external_id");
        details.source = word(details.source.take(), 50, "source");
        details.customer_note = details.customer_note.take().map(|note| long_text(note, "customer_note", notes));
        for (name, address) in
            [("shipping_address", &mut details.shipping_address), ("billing_address", &mut details.billing_address)]
        {
            for (part, part_name) in address.iter_mut().flat_map(|a| a.parts_mut()).zip(Address::PARTS) {
                let field = || format!("{name}.{part_name}");
                *part = line(std::mem::take(part), 200, TooLong::Cut, notes, field).unwrap_or_default();
            }
            *address = address.take().filter(|address| !address.is_empty());
        }
    }

    fn clean_tags(&mut self, notes: &mut FieldErrors) {
        let tags = std::mem::take(&mut self.tags).into_iter().enumerate();
        let tags = tags.filter_map(|(i, tag)| line(tag, 50, TooLong::Cut, notes, || format!("tags[{i}]")));
        self.tags = tags.collect();
        if self.tags.len() > MAX_TAGS {
            notes.add("tags", format!("There were {} tags. Only the first {MAX_TAGS} were stored.", self.tags.len()));
            self.tags.truncate(MAX_TAGS);
        }
    }
}

// None when nothing is known of them in the end: a guest.
fn clean_customer(customer: NewCustomer, notes: &mut FieldErrors) -> Option<NewCustomer> {
    let email = customer.email.and_then(|email| clean_email(email, notes));
    let mut part = |text: Option<String>, most, too_long, name: &str| {
        line(text?, most, too_long, notes, || format!("customer.{name}"))
    };
    let clean = NewCustomer {
        email,
        name: part(customer.name, 200, TooLong::Cut, "name"),
        phone: part(customer.phone, 40, TooLong::Cut, "phone"),
        external_id: part(customer.external_id, 100, TooLong::LeftOut, "external_id"),
        country: part(customer.country, 100, TooLong::Cut, "country"),
    };
    (clean != NewCustomer::default()).then_some(clean)
}

fn clean_email(typed: String, notes: &mut FieldErrors) -> Option<String> {
    let seen = text::trim(&typed);
    if seen.is_empty() {
        return None;
    }
    if seen.contains('\0') {
        return Some(typed);
    }
    let Some(address) = email::tidy(seen) else {
        notes.add("customer.email", format!("Not an email ('{}'). It was left out.", text::shown(seen, 100)));
        return None;
    };
    if address != seen {
        notes.add("customer.email", format!("Changed to {address} (was '{}').", text::shown(seen, 100)));
    }
    Some(address.to_owned())
}

// One line of up to `most` characters; none when nothing is left.
fn line(
    text: String,
    most: usize,
    too_long: TooLong,
    notes: &mut FieldErrors,
    field: impl Fn() -> String,
) -> Option<String> {
    let seen = text::trim(&text);
    if seen.is_empty() {
        return None;
    }
    let clean = text::on_one_line(seen);
    if *clean != *seen {
        notes.add(field(), "Line breaks, tabs and control characters were replaced with spaces.");
    }
    match text::cut(&clean, most) {
        Some(start) => {
            notes.add(field(), too_long.note(most));
            matches!(too_long, TooLong::Cut).then(|| start.to_owned())
        }
        // Most texts are as they should be, and stay where they are.
        None if *clean == *text => Some(text),
        None => Some(clean.into_owned()),
    }
}

fn long_text(text: String, field: &str, notes: &mut FieldErrors) -> String {
    let clean = text::without_controls(&text);
    if *clean != *text {
        notes.add(field, "Control characters were removed.");
    }
    let most = super::MAX_NOTE;
    match text::cut(&clean, most) {
        Some(start) => {
            notes.add(field, TooLong::Cut.note(most));
            start.to_owned()
        }
        None => clean.into_owned(),
    }
}

fn shorten(text: &mut String) {
    let seen = text::trim(text);
    if seen.len() < text.len() {
        *text = seen.to_owned();
    }
}

impl TooLong {
    fn note(self, most: usize) -> String {
        match self {
            Self::Cut => format!("Longer than {most} characters. Only the first {most} were stored."),
            Self::LeftOut => format!("Longer than {most} characters. It was left out."),
        }
    }
}
