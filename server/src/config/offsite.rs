//! The off-site copy: all of its settings, or none.

use std::path::PathBuf;

use jobs::offsite::{HostKeys, OffsiteUrl, Settings};

use super::{Faults, Vars};

const URL: &str = "STOA_OFFSITE_URL";
const KEY_FILE: &str = "STOA_OFFSITE_KEY_FILE";
const HOST_KEY: &str = "STOA_OFFSITE_HOST_KEY";

pub(super) fn read(vars: &Vars, faults: &mut Faults) -> Option<Settings> {
    let Some(url) = vars.text(URL) else {
        for name in [KEY_FILE, HOST_KEY].into_iter().filter(|name| vars.text(name).is_some()) {
            faults.add(name, format!("{URL} is not set. Set both or none."));
        }
        return None;
    };
    let url = url.parse::<OffsiteUrl>().map_err(|words| faults.add(URL, words));
    let key_file = key_file(vars, faults);
    let host_keys = match vars.text(HOST_KEY) {
        Some(text) => text.parse::<HostKeys>().map_err(|words| faults.add(HOST_KEY, words)).ok(),
        None => {
            faults.add(
                HOST_KEY,
                "Required with STOA_OFFSITE_URL. Use the output line of `ssh-keyscan -t ed25519 host` or its SHA256: \
                 fingerprint, after you compared it with `ssh-keygen -lf` on that machine.",
            );
            None
        }
    };
    Some(Settings::new(url.ok()?, key_file?, host_keys?))
}

fn key_file(vars: &Vars, faults: &mut Faults) -> Option<PathBuf> {
    let Some(path) = vars.text(KEY_FILE).map(PathBuf::from) else {
        faults.add(
            KEY_FILE,
            "Required with STOA_OFFSITE_URL. Create a key with: ssh-keygen -t ed25519 -N '' -f offsite_key",
        );
        return None;
    };
    if let Err(error) = std::fs::File::open(&path) {
        faults.add(KEY_FILE, format!("{} cannot be read: {error}", path.display()));
        return None;
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINT: &str = "SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ";

    fn faults(vars: &Vars) -> (bool, Vec<&'static str>, String) {
        let mut faults = Faults::default();
        let read = read(vars, &mut faults).is_some();
        (read, faults.variables().collect(), faults.to_string())
    }

    #[test]
    fn all_or_none() {
        assert_eq!(faults(&Vars::default()).1, [""; 0]);
        let (read, names, words) = faults(&Vars::from([(URL, "sftp://stoa@box/stoa")]));
        assert!(!read && words.contains("ssh-keyscan") && words.contains("ssh-keygen"), "{words}");
        assert_eq!(names, [KEY_FILE, HOST_KEY]);
        assert_eq!(faults(&Vars::from([(KEY_FILE, "/dev/null"), (HOST_KEY, PRINT)])).1, [KEY_FILE, HOST_KEY]);
        assert!(faults(&Vars::from([(URL, "sftp://stoa@box/stoa"), (KEY_FILE, "/dev/null"), (HOST_KEY, PRINT)])).0);
    }

    #[test]
    fn every_fault_is_reported_at_once() {
        let vars = Vars::from([(URL, "sftp://box"), (KEY_FILE, "/no/such/key"), (HOST_KEY, "yes")]);
        let (read, names, words) = faults(&vars);
        assert!(!read && words.contains("/no/such/key") && words.contains("sftp://user@host"), "{words}");
        assert_eq!(names, [URL, KEY_FILE, HOST_KEY]);
    }
}
