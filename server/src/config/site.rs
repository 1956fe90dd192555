//! The built site: where its files are, and the hashes in their names.

use std::path::{Path, PathBuf};

use super::{Faults, Vars};

/// Files for the browser.
#[derive(Clone, Debug)]
pub struct Site {
    /// The folder that holds them.
    pub root: PathBuf,
    /// The folder in it that holds what was built, also their path in addresses.
    pub pkg_dir: String,
    /// Their names without hash and ending.
    pub output_name: String,
    /// Lines such as `js: abc`, when names are hashed and the file with the hashes was found.
    pub hashes: Option<String>,
}

impl Site {
    pub(super) fn read(vars: &Vars, faults: &mut Faults) -> Self {
        let hashed = vars.switch("LEPTOS_HASH_FILES", false, faults);
        Self {
            root: vars.text("LEPTOS_SITE_ROOT").unwrap_or("target/site").into(),
            pkg_dir: vars.text("LEPTOS_SITE_PKG_DIR").unwrap_or("pkg").trim_matches('/').to_owned(),
            output_name: vars.text("LEPTOS_OUTPUT_NAME").unwrap_or("stoa").to_owned(),
            hashes: hashed.then(read_hashes).flatten(),
        }
    }

    /// The address of the built file with the ending `kind`: `css`, `js` or `wasm`.
    pub fn address(&self, kind: &str) -> String {
        let (dir, name) = (&self.pkg_dir, &self.output_name);
        let of_kind =
            |line: &str| line.split_once(':').filter(|(k, _)| k.trim() == kind).map(|(_, hash)| hash.trim().to_owned());
        match self.hashes.iter().flat_map(|text| text.lines()).find_map(of_kind) {
            Some(hash) => format!("/{dir}/{name}.{hash}.{kind}"),
            None => format!("/{dir}/{name}.{kind}"),
        }
    }

    /// The folder with the built files.
    pub fn pkg(&self) -> PathBuf {
        self.root.join(&self.pkg_dir)
    }
}

// Beside the program, where cargo-leptos puts it. Absent in tests, which need no browser files.
fn read_hashes() -> Option<String> {
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf))?;
    std::fs::read_to_string(beside.join("hash.txt")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_their_hashes() {
        let mut site = Site::read(&Vars::default(), &mut Faults::default());
        assert_eq!(site.address("js"), "/pkg/stoa.js");
        site.hashes = Some("js: a1\nwasm: b2\ncss: c3\n".to_owned());
        assert_eq!(
            (site.address("js").as_str(), site.address("wasm").as_str()),
            ("/pkg/stoa.a1.js", "/pkg/stoa.b2.wasm")
        );
    }
}
