//! How the page that is being drawn writes its numbers. A page is drawn at once by one thread, so it is said once, around the
//! drawing, and asked for wherever a number is written: no page has to hand it on.

use std::cell::Cell;

use domain::numbers::NumberFormat;

thread_local! {
    static FORMAT: Cell<NumberFormat> = const { Cell::new(NumberFormat::CommaPoint) };
}

// Puts back what was said before, even where drawing panics.
struct Before(NumberFormat);

impl Drop for Before {
    fn drop(&mut self) {
        FORMAT.set(self.0);
    }
}

/// What `draw` draws, with its numbers written in `format`.
pub fn within<T>(format: NumberFormat, draw: impl FnOnce() -> T) -> T {
    let _before = Before(FORMAT.replace(format));
    draw()
}

/// The format of what is being drawn; the usual one outside of tenants.
pub fn format() -> NumberFormat {
    FORMAT.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_ends_with_its_page_even_where_drawing_panics() {
        within(NumberFormat::SpaceComma, || {
            assert_eq!(within(NumberFormat::PointComma, format), NumberFormat::PointComma);
            assert_eq!(format(), NumberFormat::SpaceComma);
        });
        let drawn = std::panic::catch_unwind(|| within(NumberFormat::PointComma, || panic!("no page")));
        assert!(drawn.is_err());
        assert_eq!(format(), NumberFormat::default());
    }
}
