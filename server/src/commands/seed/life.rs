//! What happens to an order after it was placed: it is paid, sent, given back, cancelled or closed. Whatever would lie
//! after the end of the history did not happen yet, so the last orders are in the middle of their lives.

use chrono::{DateTime, Days, Duration, NaiveTime, Utc};
use domain::calendar::{Tz, day_of, local_to_utc};
use domain::orders::new_order::{Cancelled, History, NewFulfilment, NewPayment, NewRefund};
use domain::orders::refund::{RefundLine, RefundRequest};
use domain::orders::{OrderKind, PaymentKind, Standing};

use super::chance::Chance;
use super::shops::Shop;

/// What becomes of a sale.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    // Paid, sent and closed.
    Usual,
    // Reserved, then cancelled and given up.
    Voided,
    // Cancelled because no money came.
    NeverPaid,
    // Paid, then cancelled and given back.
    CalledOff,
    // Paid by a transfer that takes days.
    Transferred,
    // Reserved, and charged when it is sent.
    Captured,
    // Paid in part, the rest much later.
    Deposit,
    // On hold for some days.
    Held,
    // Sent in two parcels.
    TwoParcels,
    // Given back: all of it, a piece, the shipping, or some of the price.
    Returned,
    PieceBack,
    ShippingBack,
    Goodwill,
}

// In thousandths; the others are usual.
const FATES: [(Fate, u64); 12] = [
    (Fate::Voided, 12),
    (Fate::NeverPaid, 12),
    (Fate::CalledOff, 15),
    (Fate::Transferred, 75),
    (Fate::Captured, 150),
    (Fate::Deposit, 20),
    (Fate::Held, 40),
    (Fate::TwoParcels, 35),
    (Fate::Returned, 12),
    (Fate::PieceBack, 25),
    (Fate::ShippingBack, 8),
    (Fate::Goodwill, 8),
];

const METHODS: [&str; 5] = ["card", "card", "card", "paypal", "apple_pay"];
const CHANGED_MINDS: [&str; 3] = ["Ordered twice by mistake", "Changed their mind", "Found out of stock"];
const DEFECTS: [&str; 3] = ["Arrived damaged", "Does not fit", "Not as described"];

/// An order whose life is told.
pub(super) struct Life<'a> {
    pub shop: &'a Shop,
    pub zone: Tz,
    /// Where it stood when it was placed.
    pub standing: &'a Standing,
    pub placed_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub chance: Chance,
}

impl Life<'_> {
    /// What had happened by the end to an order that is sent.
    pub fn sent(mut self) -> History {
        match self.fate() {
            Fate::Voided => self.voided(),
            Fate::NeverPaid => self.never_paid(),
            Fate::CalledOff => self.called_off(),
            fate => self.served(fate),
        }
    }

    /// The same of goods that were handed over, or came back, over the counter.
    pub fn handed_over(mut self) -> History {
        let closed_at = self.chance.later(self.placed_at, 1..6);
        let closed_at = self.by_the_end(closed_at);
        if self.standing.kind == OrderKind::Return {
            return History { closed_at, ..History::default() };
        }
        let method = self.chance.one(&["card", "cash"]);
        let handed = NewFulfilment {
            lines: Vec::new(),
            carrier: String::new(),
            tracking_number: String::new(),
            tracking_url: String::new(),
            at: self.placed_at,
        };
        let payments = Some(vec![self.paid_at_once(method)]);
        History { payments, fulfilments: vec![handed], closed_at, ..History::default() }
    }

    fn fate(&mut self) -> Fate {
        let mut left = self.chance.below(1_000);
        for (fate, share) in FATES {
            if left < share {
                return fate;
            }
            left -= share;
        }
        Fate::Usual
    }

    fn voided(&mut self) -> History {
        let reserved = self.payment(PaymentKind::Authorization, "card", self.total(), self.placed_at);
        let at = self.chance.later(self.placed_at, 2..40);
        let cancelled = self.cancelled(at, &CHANGED_MINDS);
        let given_up = cancelled.is_some().then(|| self.payment(PaymentKind::Void, "card", 0, at));
        let payments = Some(std::iter::once(reserved).chain(given_up).collect());
        History { payments, cancelled, ..History::default() }
    }

    fn never_paid(&mut self) -> History {
        let cancelled = self.cancelled(self.placed_at + Duration::days(7), &["Not paid within 7 days"]);
        History { payments: Some(Vec::new()), cancelled, ..History::default() }
    }

    fn called_off(&mut self) -> History {
        let method = self.chance.one(&METHODS);
        let payments = Some(vec![self.paid_at_once(method)]);
        let at = self.chance.later(self.placed_at, 1..20);
        let cancelled = self.cancelled(at, &CHANGED_MINDS);
        let refund = |cancelled: &Cancelled| NewRefund {
            request: RefundRequest::Full { restock: true },
            reason: cancelled.reason.clone(),
            at: cancelled.at,
        };
        History { payments, refunds: cancelled.iter().map(refund).collect(), cancelled, ..History::default() }
    }

    fn served(&mut self, fate: Fate) -> History {
        let mut history = History::default();
        let Some(ready) = self.pay(fate, &mut history) else { return history };
        let Some(sent) = self.send(fate, ready, &mut history) else { return history };
        if fate == Fate::Captured {
            let captured = self.payment(PaymentKind::Capture, "card", self.total(), sent);
            history.payments.get_or_insert_default().push(captured);
        }
        let Some(last) = self.give_back(fate, sent, &mut history) else { return history };
        let closed_at = self.chance.later(last, 7 * 24..21 * 24);
        history.closed_at = self.by_the_end(closed_at);
        history
    }

    // When it may be sent, if the money came.
    fn pay(&mut self, fate: Fate, history: &mut History) -> Option<DateTime<Utc>> {
        let total = self.total();
        let (payments, ready) = match fate {
            Fate::Transferred => {
                let at = self.chance.later(self.placed_at, 36..132);
                (vec![self.payment(PaymentKind::Charge, "bank_transfer", total, at)], at)
            }
            Fate::Captured => {
                (vec![self.payment(PaymentKind::Authorization, "card", total, self.placed_at)], self.placed_at)
            }
            Fate::Deposit => {
                let (part, at) = (total * 3 / 10, self.chance.later(self.placed_at, 8 * 24..16 * 24));
                let first = self.payment(PaymentKind::Charge, "card", part, self.placed_at);
                (vec![first, self.payment(PaymentKind::Charge, "card", total - part, at)], at)
            }
            _ => {
                let method = self.chance.one(&METHODS);
                (vec![self.paid_at_once(method)], self.placed_at)
            }
        };
        history.payments = Some(payments.into_iter().filter(|payment| payment.at <= self.until).collect());
        self.by_the_end(ready)
    }

    // When all of it was sent, if it was.
    fn send(&mut self, fate: Fate, mut ready: DateTime<Utc>, history: &mut History) -> Option<DateTime<Utc>> {
        if fate == Fate::Held {
            ready = self.chance.later(ready, 5 * 24..11 * 24);
            history.on_hold = ready > self.until;
        }
        let first = self.working_hour(ready);
        let first = self.by_the_end(first)?;
        let goods = self.standing.unsent();
        let &(position, quantity) = goods.first()?;
        if fate == Fate::TwoParcels && (goods.len() > 1 || quantity > 1) {
            let pieces = if goods.len() > 1 { quantity } else { 1 };
            history.fulfilments.push(self.parcel(vec![(position, pieces)], first));
            let second = self.chance.later(first, 24..120);
            let second = self.working_hour(second);
            let second = self.by_the_end(second)?;
            history.fulfilments.push(self.parcel(Vec::new(), second));
            return Some(second);
        }
        history.fulfilments.push(self.parcel(Vec::new(), first));
        Some(first)
    }

    // When the order has come to rest, if it has.
    fn give_back(&mut self, fate: Fate, sent: DateTime<Utc>, history: &mut History) -> Option<DateTime<Utc>> {
        let shipping = self.standing.shipping_left();
        let (request, reason) = match fate {
            Fate::Returned => (RefundRequest::Full { restock: true }, "Sent back within 30 days"),
            Fate::PieceBack => {
                let &(position, _) = self.standing.unsent().first()?;
                let line = RefundLine { position, quantity: 1, restock: self.chance.percent(50) };
                (RefundRequest::Lines { lines: vec![line], shipping: 0 }, self.chance.one(&DEFECTS))
            }
            Fate::ShippingBack if shipping > 0 => {
                (RefundRequest::Lines { lines: Vec::new(), shipping }, "Delivered a week late")
            }
            Fate::ShippingBack | Fate::Goodwill => {
                (RefundRequest::Amount(self.total() / 10), "Scratched: a tenth of the price back")
            }
            _ => return Some(sent),
        };
        let at = self.chance.later(sent, 4 * 24..15 * 24);
        let at = self.by_the_end(at)?;
        history.refunds.push(NewRefund { request, reason: reason.into(), at });
        Some(at)
    }

    fn cancelled(&mut self, at: DateTime<Utc>, reasons: &[&str]) -> Option<Cancelled> {
        let reason = self.chance.one(reasons).to_owned();
        self.by_the_end(at).map(|at| Cancelled { at, reason })
    }

    fn paid_at_once(&mut self, method: &str) -> NewPayment {
        self.payment(PaymentKind::Charge, method, self.total(), self.placed_at)
    }

    fn payment(&mut self, kind: PaymentKind, method: &str, amount: i64, at: DateTime<Utc>) -> NewPayment {
        let reference =
            if method == "cash" { String::new() } else { format!("pay_{:08x}", self.chance.below(1 << 32)) };
        NewPayment { kind, method: method.into(), amount, reference, at }
    }

    // Links go nowhere: a number of chance may be that of a stranger's parcel.
    fn parcel(&mut self, lines: Vec<(i32, i64)>, at: DateTime<Utc>) -> NewFulfilment {
        let carrier = self.chance.one(&self.shop.carriers);
        let number = format!("{}{:010}", carrier.prefix, self.chance.below(10_000_000_000));
        NewFulfilment {
            lines,
            carrier: carrier.name.into(),
            tracking_url: format!("https://track.example.com/{}/{number}", carrier.slug),
            tracking_number: number,
            at,
        }
    }

    // Between 9 and 16 o'clock on one of the next days.
    fn working_hour(&mut self, ready: DateTime<Utc>) -> DateTime<Utc> {
        let days = match self.chance.below(100) {
            0..75 => 1,
            75..97 => 2,
            _ => 3,
        };
        let day = day_of(ready, self.zone) + Days::new(days);
        let opens = local_to_utc(day.and_time(NaiveTime::MIN) + Duration::hours(9), self.zone);
        self.chance.later(opens, 0..7)
    }

    fn by_the_end(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (at <= self.until).then_some(at)
    }

    const fn total(&self) -> i64 {
        self.standing.amounts.total()
    }
}
