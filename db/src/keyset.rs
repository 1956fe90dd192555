//! Pages of a list by keyset: the rows after the last one of the page before, found through an index. No `OFFSET`, so page
//! 1,000 costs what page 1 costs, and rows that arrive meanwhile move nothing.

use domain::page::{Cursor, Direction, Limit};
use sea_orm::sea_query::{Expr, ExprTrait, Order, SimpleExpr};
use sea_orm::{EntityTrait, IntoSimpleExpr, QueryFilter, QueryOrder, QuerySelect, Select, Value};

/// The page of `select` after the row whose `columns` hold `after`, in `order`, one row longer than `limit`: [`cut`] takes
/// that one off. The comparison is one of rows, `(a, b) < ($1, $2)`, which an index on the columns answers in one descent.
pub fn page<E: EntityTrait, const N: usize>(
    select: Select<E>,
    columns: [E::Column; N],
    order: Order,
    after: Option<[Value; N]>,
    limit: Limit,
) -> Select<E> {
    let select = match after {
        Some(values) => select.filter(beyond(columns.map(|column| column.into_simple_expr()), values, &order)),
        None => select,
    };
    let select = sorted(select, columns, &order);
    select.limit(limit.plus_one().unsigned_abs())
}

/// The page of a list that runs newest first, by time and id, from `from` in its direction, one row longer than `limit`:
/// [`domain::page::Page::cut`] takes that one off and turns a page that was read backwards.
pub fn newest<E: EntityTrait>(
    select: Select<E>,
    columns: [E::Column; 2],
    from: Option<&Cursor>,
    limit: Limit,
) -> Select<E> {
    page(select, columns, order(from), from.map(|cursor| [cursor.at.into(), cursor.id.into()]), limit)
}

/// `select` sorted by `columns`.
pub fn sorted<E: EntityTrait, const N: usize>(select: Select<E>, columns: [E::Column; N], order: &Order) -> Select<E> {
    columns.into_iter().fold(select, |select, column| select.order_by(column, order.clone()))
}

/// In which order a page of a list that runs newest first is read.
pub fn order(from: Option<&Cursor>) -> Order {
    match from.map(|cursor| cursor.direction) {
        Some(Direction::Newer) => Order::Asc,
        Some(Direction::Older) | None => Order::Desc,
    }
}

/// The condition that a row lies after `values` in `order`.
pub fn beyond<const N: usize>(columns: [SimpleExpr; N], values: [Value; N], order: &Order) -> SimpleExpr {
    let key = Expr::tuple(columns);
    let last = Expr::tuple(values.map(Expr::value));
    match order {
        Order::Desc => key.lt(last),
        _ => key.gt(last),
    }
}

/// Takes off the row that only tells that another page follows; whether it was there.
pub fn cut<T>(rows: &mut Vec<T>, limit: Limit) -> bool {
    let more = rows.len() > limit.rows();
    rows.truncate(limit.rows());
    more
}
