//! What the amounts of a file show of the way in which all of them are written.

use super::shape::{Shape, latin, mark, signed};
use super::written::{Mark, Notation};

/// What the amounts of a file show of their notation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Evidence {
    point: bool,
    comma: bool,
}

impl Evidence {
    /// Takes note of an amount. One that can mean two shows nothing.
    pub fn note(&mut self, text: &str) {
        let of = |sign: u8| text.bytes().filter(|b| *b == sign).count();
        let (points, commas) = (of(b'.'), of(b','));
        if points + commas == 0 || (points, commas, self.point) == (1, 0, true) {
            return;
        }
        let Some(body) = latin(signed(text).1) else { return };
        let Some(shape) = Shape::of(&body) else { return };
        let mark = match shape {
            Shape::Decimal(at) => mark(&body, at),
            Shape::Grouped if points > 0 => Some(Mark::Comma),
            Shape::Grouped if commas > 0 => Some(Mark::Point),
            Shape::Grouped | Shape::Either(_) => None,
        };
        match mark.filter(|_| shape.parts(&body).is_some()) {
            Some(Mark::Point) => self.point = true,
            Some(Mark::Comma) => self.comma = true,
            None => {}
        }
    }

    /// What is shown: nothing when some amounts contradict others.
    pub const fn notation(self) -> Notation {
        match (self.point, self.comma) {
            (true, false) => Notation::Decimals(Mark::Point),
            (false, true) => Notation::Decimals(Mark::Comma),
            _ => Notation::Unknown,
        }
    }
}
