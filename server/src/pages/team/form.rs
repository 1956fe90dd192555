//! What the forms of the team bring.

use app::pages::team::PlaceForm;
use db::team::NewPlace;
use domain::fields::FieldErrors;
use domain::permission::{Permission, Permissions};

/// A form as its pairs: boxes send their name several times.
pub type Pairs = Vec<(String, String)>;

/// The value called `name`, empty when there is none.
pub fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
}

/// Role and stores as they were chosen.
pub fn place(pairs: &Pairs) -> NewPlace {
    let ticked = || pairs.iter().filter(|(n, _)| n == "stores").map(|(_, slug)| slug.clone()).collect();
    NewPlace { role: value(pairs, "role").to_owned(), stores: (value(pairs, "reach") == "some").then(ticked) }
}

/// The same, to be shown again with what is wrong.
pub fn again(pairs: &Pairs, faults: FieldErrors) -> PlaceForm {
    let NewPlace { role, stores } = place(pairs);
    PlaceForm { email: value(pairs, "email").to_owned(), role, stores, faults }
}

/// The permissions that were ticked. What is none is left out: pages offer only what there is.
pub fn permissions(pairs: &Pairs) -> Permissions {
    pairs.iter().filter(|(n, _)| n == "permissions").filter_map(|(_, p)| p.parse::<Permission>().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_count_only_when_some_are_meant() {
        let pairs = |reach: &str| -> Pairs {
            [("role", "staff"), ("reach", reach), ("stores", "north"), ("stores", "south")]
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .to_vec()
        };
        assert_eq!(place(&pairs("all")).stores, None);
        assert_eq!(place(&pairs("some")).stores.unwrap(), ["north", "south"]);
        assert_eq!(place(&vec![("reach".to_owned(), "some".to_owned())]).stores.unwrap(), [""; 0]);
    }
}
