//! `GET /api/v1/reports/sales`.

use axum::Json;
use chrono::{NaiveDate, SecondsFormat};
use db::reports::{self, Bucket, Group, SalesPart, SalesQuery, SalesReport};
use domain::calendar::Tz;
use domain::fields::FieldErrors;
use domain::orders::Figures;
use domain::orders::query::day;
use domain::period::{Comparison, Period};
use domain::permission::Permission;
use serde::Serialize;
use utoipa::ToSchema;

use super::problems::{Refusals, unknown_store};
use super::query::Pairs;
use crate::auth::KeyAccess;
use crate::error::Problem;

/// Figures of a period, by currency.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesReport)]
pub struct ReportJson {
    /// First local day.
    pub from: NaiveDate,
    /// Last local day (inclusive).
    pub to: NaiveDate,
    /// Time zone of the days: that of the store, or of the first store by name.
    pub time_zone: String,
    /// One part per currency, by code. Empty without orders.
    pub currencies: Vec<PartJson>,
    /// The report of the compared period, when `compare` is set. While the period still runs, it covers the same
    /// elapsed part.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub compared: Option<Box<ReportJson>>,
}

/// One currency of a report.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesOfCurrency)]
pub struct PartJson {
    /// ISO 4217 code.
    pub currency: String,
    /// The sum of the rows.
    pub totals: FiguresJson,
    /// One row per day or hour with activity, in order of time. Empty with `group=none`.
    pub rows: Vec<RowJson>,
}

/// Figures of one day or hour.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesRow)]
pub struct RowJson {
    /// The local day, with `group=day`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub day: Option<NaiveDate>,
    /// Start of the local hour, with the offset of the time zone, with `group=hour`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime<Utc>>, nullable = false)]
    pub hour: Option<String>,
    /// The figures.
    #[serde(flatten)]
    pub figures: FiguresJson,
}

/// Amounts are minor units. `net_sales = gross_sales - discounts - returns`; `total = net_sales + shipping + tax + fees`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesFigures)]
pub struct FiguresJson {
    /// Sales that are not cancelled.
    pub orders: i64,
    /// Items of these orders and of return orders.
    pub items: i64,
    /// Quantity x unit price of the product items of sales.
    pub gross_sales: i64,
    /// Discounts on sales, positive.
    pub discounts: i64,
    /// Return orders on their own date, and refunds on the date set in the store settings. Positive.
    pub returns: i64,
    /// Gross sales minus discounts and returns.
    pub net_sales: i64,
    /// Shipping of sales.
    pub shipping: i64,
    /// Tax on sales.
    pub tax: i64,
    /// Fees of sales.
    pub fees: i64,
    /// Net sales, shipping, tax and fees.
    pub total: i64,
    /// Net sales per order, rounded half away from zero. Null without orders.
    pub average_order: Option<i64>,
}

/// Get a sales report
///
/// Totals by currency over whole local days of the store, or of all stores. They match the list of the same orders
/// exactly. `returns` counts return orders on their own date, and refunds on their own date or that of the order, as
/// set in each store.
#[utoipa::path(get, path = "/api/v1/reports/sales", tag = "Reports", operation_id = "salesReport",
    params(
        ("store" = Option<String>, Query, description = "Slug of one store. All stores by default."),
        ("from" = Option<NaiveDate>, Query, description = "First local day. Without `from` and `to`, the last 30 days."),
        ("to" = Option<NaiveDate>, Query, description = "Last local day (inclusive)"),
        ("group" = Option<String>, Query, description = "Size of the rows: `day` (default), `hour` (at most 92 days) or `none`"),
        ("compare" = Option<String>, Query, description = "Adds `compared`: `previous` (or empty) for the previous \
            period, `year` for the same days of the previous year, or `none`"),
    ),
    security(("key" = ["reports:read"])),
    responses((status = 200, body = ReportJson), Refusals))]
pub async fn sales(key: KeyAccess, pairs: Pairs) -> Result<Json<ReportJson>, Problem> {
    let scope = key.scope(Permission::ReadReports)?;
    let query = parse(&pairs)?;
    let report = reports::sales(&scope, &query).await.map_err(unknown_store)?;
    Ok(Json(ReportJson::from(report)))
}

fn parse(pairs: &Pairs) -> Result<SalesQuery, FieldErrors> {
    let mut query = SalesQuery { store: None, period: None, group: Group::Day, compare: Comparison::None };
    let (mut from, mut to, mut errors) = (None, None, FieldErrors::default());
    for (name, value) in pairs.iter().map(|(name, value)| (name, value.trim())) {
        let value = if (name, value) == ("compare", "") { Comparison::Previous.as_str() } else { value };
        let done = match (name, value) {
            ("store" | "from" | "to" | "group", "") => Ok(()),
            ("store", slug) => {
                query.store = Some(slug.to_owned());
                Ok(())
            }
            ("from", text) => day(text).map(|d| from = Some(d)),
            ("to", text) => day(text).map(|d| to = Some(d)),
            ("group", text) => group(text).map(|g| query.group = g),
            ("compare", text) => text.parse().map(|c| query.compare = c).map_err(str::to_owned),
            _ => Err("This parameter does not exist. Use: store, from, to, group, compare.".to_owned()),
        };
        if let Err(message) = done {
            errors.add(name, message);
        }
    }
    match (from, to) {
        (Some(from), Some(to)) => match Period::new(from, to) {
            Ok(period) => query.period = Some(period),
            Err(message) => errors.add("to", message),
        },
        (Some(_), None) => errors.add_if(errors.of("to").is_none(), "to", "Required with from."),
        (None, Some(_)) => errors.add_if(errors.of("from").is_none(), "from", "Required with to."),
        (None, None) => {}
    }
    errors.into_result(query)
}

fn group(text: &str) -> Result<Group, String> {
    match text {
        "day" => Ok(Group::Day),
        "hour" => Ok(Group::Hour),
        "none" => Ok(Group::None),
        _ => Err("Use day, hour or none.".into()),
    }
}

impl From<SalesReport> for ReportJson {
    fn from(report: SalesReport) -> Self {
        let zone = report.zone;
        Self {
            from: report.period.from,
            to: report.period.to,
            time_zone: zone.name().to_owned(),
            currencies: report.currencies.into_iter().map(|part| PartJson::new(part, zone)).collect(),
            compared: report.compared.map(|other| Box::new(Self::from(*other))),
        }
    }
}

impl PartJson {
    fn new(part: SalesPart, zone: Tz) -> Self {
        let row = |(bucket, figures): (Bucket, Figures)| {
            let (day, hour) = match bucket {
                Bucket::Day(day) => (Some(day), None),
                Bucket::Hour(at) => (None, Some(at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false))),
            };
            RowJson { day, hour, figures: figures.into() }
        };
        Self {
            currency: part.currency.to_string(),
            totals: part.totals.into(),
            rows: part.rows.into_iter().map(row).collect(),
        }
    }
}

impl From<Figures> for FiguresJson {
    fn from(figures: Figures) -> Self {
        Self {
            orders: figures.orders,
            items: figures.items,
            gross_sales: figures.gross,
            discounts: figures.discounts,
            returns: figures.returns(),
            net_sales: figures.net(),
            shipping: figures.shipping,
            tax: figures.tax,
            fees: figures.fees,
            total: figures.total(),
            average_order: figures.average_order(),
        }
    }
}
