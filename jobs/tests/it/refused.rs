//! Files that are refused as a whole: clearly, and without a trace.

use std::io::Write;

use domain::imports::Format;
use jobs::imports::{FileImport, ImportError, run_file};

use crate::setup::{Shop, jsonl, real_file};

#[tokio::test]
async fn a_file_is_refused_as_a_whole_and_changes_nothing() {
    let shop = Shop::new().await;
    let before = shop.rows().await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(jsonl(5_000).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let mut latin = jsonl(3_000).into_bytes();
    latin.extend_from_slice(b"{\"note\": \"caf\xe9\"}\n");
    let cases: [(&str, Format, Vec<u8>, &str); 7] = [
        ("cut.gz", Format::OrdersJsonl, packed[..packed.len() - 9].to_vec(), "the compressed file is incomplete"),
        ("latin", Format::OrdersJsonl, latin, "not UTF-8: see line 3001, byte 14"),
        (
            "other",
            Format::OrdersJsonl,
            b"InvoiceNo,StockCode\n".to_vec(),
            "is not in the format orders-jsonl; it begins with 'InvoiceNo",
        ),
        ("json", Format::OrdersCsv, jsonl(1).into_bytes(), "is not in the format orders-csv"),
        (
            "columns",
            Format::OrdersCsv,
            b"order_number,placed_at,price\n".to_vec(),
            "missing: item_title, quantity, unit_price; unknown: 'price'",
        ),
        ("empty", Format::OnlineRetail, Vec::new(), "the file is empty"),
        ("zip", Format::OnlineRetail, b"PK\x03\x04\xff\xfe".to_vec(), "not UTF-8: see line 1, byte 5"),
    ];
    for (name, format, content, words) in cases {
        let error = shop.import(format, shop.file(name, content)).await.unwrap_err().to_string();
        assert!(error.contains(words), "{name}: {error}");
    }
    let missing = shop.import(Format::OrdersCsv, shop.folder.join("nowhere.csv")).await.unwrap_err().to_string();
    assert!(missing.contains("cannot read the file"), "{missing}");
    let folder = shop.import(Format::OrdersCsv, shop.folder.clone()).await.unwrap_err().to_string();
    assert!(folder.contains("not a regular file"), "{folder}");
    assert_eq!(shop.rows().await, before);
}

#[tokio::test]
async fn a_file_over_the_limit_and_an_unknown_store_are_refused() {
    let shop = Shop::new().await;
    let before = shop.rows().await;
    let import = |store: &str, size_limit| FileImport {
        store: store.into(),
        format: Format::OnlineRetail,
        path: real_file(),
        mode: Default::default(),
        dry_run: false,
        size_limit,
    };
    let error = run_file(&shop.access, import("main", 2_000_000)).await.unwrap_err().to_string();
    assert!(error.contains("2477092 bytes, more than the 2000000 allowed"), "{error}");
    let error = run_file(&shop.access, import("nowhere", 1 << 30)).await.unwrap_err();
    assert!(matches!(&error, ImportError::NoStore(name) if name == "nowhere"), "{error}");
    assert_eq!(shop.rows().await, before);
}
