//! Forms with a file: whole, faulty, and without end.

use super::*;

const LAYOUT: Layout = Layout { texts: &[("store", 10), ("format", 10)], file: "file" };

fn part(head: &str, content: &str) -> String {
    format!("--XX\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
}

// What came of it, as far as it came.
async fn read(body: impl Into<Body>) -> (Vec<String>, Option<Fault>) {
    let request = Request::post("/").header("content-type", "multipart/form-data; boundary=XX");
    let budget = Budget::new(1 << 20);
    let mut parts = Parts::of(request.body(body.into()).unwrap(), LAYOUT, &budget).await.unwrap();
    let mut seen = Vec::new();
    loop {
        match parts.next().await {
            Ok(None) => return (seen, None),
            Err(fault) => return (seen, Some(fault)),
            Ok(Some(Part::Text(name, text))) => seen.push(format!("{name}={text}")),
            Ok(Some(Part::Other)) => seen.push("other".to_owned()),
            Ok(Some(Part::File(mut file))) => {
                let mut size = 0;
                let name = file.name().to_owned();
                while let Some(piece) = file.chunk().await.unwrap() {
                    size += piece.len();
                }
                seen.push(format!("{name}: {size}"));
            }
        }
    }
}

// A piece that comes again and again.
fn endless(begin: &str, piece: &'static str, times: usize, read: &Arc<AtomicUsize>) -> Body {
    let read = Arc::clone(read);
    let begin = futures::stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from(begin.to_owned()))]);
    Body::from_stream(begin.chain(futures::stream::iter(0..times).map(move |_| {
        read.fetch_add(piece.len(), Ordering::Relaxed);
        Ok(Bytes::from_static(piece.as_bytes()))
    })))
}

#[tokio::test]
async fn a_form_is_its_fields_and_its_file() {
    let body = [
        part("name=\"store\"", "north"),
        part("name=\"colour\"", "red"),
        part("name=\"file\"; filename=\"a.csv\"", &"x".repeat(100_000)),
        part("name=\"format\"", ""),
        "--XX--\r\n".to_owned(),
    ];
    let (seen, fault) = read(body.concat()).await;
    assert_eq!((seen.join(", ").as_str(), fault), ("store=north, other, a.csv: 100000, format=", None));
}

#[tokio::test]
async fn every_field_has_its_limit_and_is_text() {
    for (name, content, words) in [
        ("store", "x".repeat(11), "at most 10"),
        ("format", "x".repeat(1_000_000), "at most 10"),
        ("store", "a\0b".to_owned(), "NUL"),
    ] {
        let (_, fault) = read(part(&format!("name=\"{name}\""), &content) + "--XX--\r\n").await;
        let Some(Fault::Field(field, said)) = fault else { panic!("{name}: {fault:?}") };
        assert!(field == name && said.contains(words), "{name}: {said}");
    }
    let broken = [part("name=\"store\"", "?").as_bytes(), b"--XX--\r\n"].concat();
    let broken: Vec<u8> = broken.into_iter().map(|byte| if byte == b'?' { 0xff } else { byte }).collect();
    assert!(matches!(read(broken).await.1, Some(Fault::Field("store", _))));
    assert_eq!(read(part("name=\"x\"", "y").repeat(60) + "--XX--\r\n").await.1, Some(Fault::Broken));
}

#[tokio::test]
async fn nothing_is_held_of_what_has_no_end() {
    const PIECE: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let field = "--XX\r\nContent-Disposition: form-data; name=\"store\"\r\n\r\n";
    let other = "--XX\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n";
    let head = "--XX\r\nContent-Disposition: form-data; name=\"store\"\r\nX-Long: ";
    for begin in [field, other, head, "no boundary", "--XX"] {
        let sent = Arc::<AtomicUsize>::default();
        let (_, fault) = read(endless(begin, PIECE, 1_000_000, &sent)).await;
        assert!(fault.is_some(), "{begin}");
        assert!(sent.load(Ordering::Relaxed) < 100_000, "{begin}: {sent:?} bytes were read");
    }
}

#[tokio::test]
async fn what_was_refused_is_read_to_its_end() {
    let sent = Arc::<AtomicUsize>::default();
    let body = endless("--XX\r\nContent-Disposition: form-data; name=\"store\"\r\n\r\n", "0123456789", 500, &sent);
    let request = Request::post("/").header("content-type", "multipart/form-data; boundary=XX").body(body).unwrap();
    let mut parts = Parts::of(request, LAYOUT, &Budget::new(1)).await.unwrap();
    assert!(parts.next().await.is_err());
    parts.drain(1_000_000).await;
    assert_eq!(sent.load(Ordering::Relaxed), 5_000);
}
