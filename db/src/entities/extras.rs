//! What the queries of entities lack: values written out, counts with an end, a few columns of what an update changed, and
//! plans.

use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QuerySelect, QueryTrait, Select, TryGetableMany, UpdateMany,
    Value,
};

/// `column` is `value`, written out: PostgreSQL recognises a partial index by what the statement itself says, however often
/// it was planned.
pub fn is<C: ColumnTrait>(column: C, value: impl Into<Value>) -> SimpleExpr {
    column.into_expr().eq(SimpleExpr::Constant(value.into()))
}

/// `column` is not `value`, written out for the same reason.
pub fn is_not<C: ColumnTrait>(column: C, value: impl Into<Value>) -> SimpleExpr {
    column.into_expr().ne(SimpleExpr::Constant(value.into()))
}

/// `column` is one of `values`, written out for the same reason.
pub fn is_one_of<C: ColumnTrait, V: Into<Value>>(column: C, values: impl IntoIterator<Item = V>) -> SimpleExpr {
    column.into_expr().is_in(values.into_iter().map(|value| SimpleExpr::Constant(value.into())))
}

/// `select` of the rows of `cut`, which ends with a limit: cut before anything is joined to them, so that no join can cost
/// more than a page.
pub fn of_rows<E: EntityTrait>(mut select: Select<E>, cut: Select<E>) -> Select<E> {
    let table = E::default().table_name().to_owned();
    QuerySelect::query(&mut select).from_clear().from_subquery(cut.into_query(), table);
    select
}

/// How many rows `select` has, counted up to `most`. One statement.
pub async fn count_up_to<E: EntityTrait, C: ConnectionTrait>(
    select: Select<E>,
    most: u64,
    conn: &C,
) -> Result<i64, DbErr> {
    let [count] = counts_up_to([select], most, conn).await?;
    Ok(count)
}

/// How many rows each of `selects` has, counted up to `most`. One statement.
pub async fn counts_up_to<E: EntityTrait, C: ConnectionTrait, const N: usize>(
    selects: [Select<E>; N],
    most: u64,
    conn: &C,
) -> Result<[i64; N], DbErr> {
    let mut all = Query::select();
    for select in selects {
        let rows = select.select_only().expr_as(SimpleExpr::Constant(1.into()), "one").limit(most).into_query();
        let count = Query::select().expr(Expr::col(Asterisk).count()).from_subquery(rows, "counted").take();
        all.expr(SimpleExpr::from(count));
    }
    let mut counts = [0; N];
    if let Some(row) = conn.query_one(&all).await? {
        for (n, count) in counts.iter_mut().enumerate() {
            *count = row.try_get_by_index(n)?;
        }
    }
    Ok(counts)
}

/// Runs `update`; `columns` of each row that it changed.
pub async fn update_returning<E: EntityTrait, T: TryGetableMany, C: ConnectionTrait>(
    update: UpdateMany<E>,
    columns: impl IntoIterator<Item = E::Column>,
    conn: &C,
) -> Result<Vec<T>, DbErr> {
    let mut update = update.into_query();
    update.returning(Query::returning().columns(columns));
    let rows = conn.query_all(&update).await?;
    rows.iter().map(|row| T::try_get_many_by_index(row).map_err(DbErr::from)).collect()
}
