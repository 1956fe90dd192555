//! Records of cells, and what a stray quotation mark does to them.

use super::*;

fn read(text: &str) -> Vec<(u64, u64, Vec<String>)> {
    read_as(Shape::default(), text)
}

fn read_as(shape: Shape, text: &str) -> Vec<(u64, u64, Vec<String>)> {
    let lines = Lines::new(std::io::Cursor::new(text.to_owned()), text.len() as u64).unwrap();
    let mut records = Records::new(lines);
    records.expect(shape);
    let mut all = Vec::new();
    while records.advance().unwrap() {
        let cells = match records.fault() {
            Some(fault) => vec![format!("! {fault}")],
            None => (0..records.len()).map(|i| records.cell(i).to_owned()).collect(),
        };
        all.push((records.first_line(), records.last_line(), cells));
    }
    all
}

#[test]
fn cells_follow_rfc_4180() {
    for (text, cells) in [
        ("a,b,c", vec!["a", "b", "c"]),
        ("x,,", vec!["x", "", ""]),
        ("\"a,b\",\"7\"\" SINGLE\",", vec!["a,b", "7\" SINGLE", ""]),
        ("7\" SINGLE, x ,\"\"", vec!["7\" SINGLE", "x", ""]),
        ("\"a\"b,c", vec!["ab", "c"]),
    ] {
        assert_eq!(read(text), [(1, 1, cells.iter().map(|c| (*c).to_owned()).collect())], "{text}");
    }
}

#[test]
fn a_cell_may_hold_line_breaks() {
    let found = read("a,\"one\r\n\r\ntwo\",b\r\nc\r\n");
    assert_eq!(found[0], (1, 3, vec!["a".into(), "one\n\ntwo".into(), "b".into()]));
    assert_eq!(found[1], (4, 4, vec!["c".into()]));
}

#[test]
fn an_unclosed_quotation_mark_spoils_its_own_line_only() {
    let mut text = String::from("a,\"oops,1\n");
    for n in 0..300 {
        text.push_str(&format!("b{n},2\n"));
    }
    let found = read(&text);
    assert_eq!(found.len(), 301);
    assert_eq!(found[0].0, 1);
    assert!(found[0].2[0].starts_with("! This line has an opening"), "{:?}", found[0]);
    assert_eq!(found[300], (301, 301, vec!["b299".into(), "2".into()]));
    assert_eq!(read("x\na,\"oops\nb")[2], (3, 3, vec!["b".into()]));
}

#[test]
fn a_stray_quotation_mark_swallows_no_other_record() {
    // It closes in the midst of a later cell, at the beginning of one, at an inch mark, or nowhere.
    for last in ["4,\"Tea\",1", "4,TV 7\" x,1", "4,TV 42\",1", "4,Tea,1"] {
        let found = read_as(
            Shape { least: 3, most: 3, numbers: vec![2] },
            &format!("n,title,price\n2,\"Soap,1\n3,Salt,1\n{last}\n"),
        );
        let lines: Vec<_> = found.iter().map(|(first, last, _)| (*first, *last)).collect();
        assert_eq!(lines, [(1, 1), (2, 2), (3, 3), (4, 4)], "{last}");
        assert!(found[1].2[0].contains("an opening quotation mark without a closing one"), "{found:?}");
        assert_eq!(found[2].2, ["3", "Salt", "1"]);
    }
    // A text of several lines is none of that, whatever is in it.
    let text = "n,title,price\n2,\"Soap, green\n3, in all, sold\nas 4\",1\n";
    assert_eq!(read_as(Shape { least: 3, most: 3, numbers: vec![2] }, text).len(), 2);
}

#[test]
fn cells_before_a_stray_quotation_mark_are_known() {
    let lines = Lines::new(std::io::Cursor::new("A-1,x,\"oops\nb\n"), 20).unwrap();
    let mut records = Records::new(lines);
    assert!(records.advance().unwrap() && records.fault().is_some());
    assert_eq!((records.len(), records.cell(0), records.cell(1), records.cell(2)), (2, "A-1", "x", ""));
}

#[test]
fn rows_of_nothing_are_no_records() {
    let found = read(",,\na,b\n,\n , \u{a0},\n\"\",\n;;\nc,d\n\u{200b},,,,\n");
    let cells: Vec<_> = found.iter().map(|(line, _, cells)| (*line, cells.join("+"))).collect();
    assert_eq!(cells, [(2, "a+b".into()), (6, ";;".into()), (7, "c+d".into())]);
}

#[test]
fn the_header_line_shows_what_stands_between_cells() {
    for (text, cells) in [
        ("a;b;c\n1;2,5;3", vec!["1", "2,5", "3"]),
        ("a\tb\tc\n1\t2,5\t3", vec!["1", "2,5", "3"]),
        ("a|b\n1,0|2", vec!["1,0", "2"]),
        ("\"a;b;c\",d\n1,2;0", vec!["1", "2;0"]),
        ("sep=;\na,x;b\n1;2", vec!["1", "2"]),
        ("SEP=,\na\n1,2", vec!["1", "2"]),
    ] {
        assert_eq!(read(text).last().unwrap().2, cells, "{text}");
    }
}
