//! Why no forge is asked.

use releasekit_engine::forge::Absence;

/// Why no forge is asked, in words; nothing where it is plain.
pub(crate) fn words(absence: &Absence) -> Option<String> {
    Some(match absence {
        Absence::Unwanted => "`--no-forge` asks for none".to_owned(),
        Absence::Offline => "`--offline` asks no forge".to_owned(),
        Absence::Unknown { host } => format!("`{host}` is no forge that is known"),
        Absence::NoCredential(error) => error.to_string(),
        _ => return None,
    })
}

/// Why no forge is asked, in a word for programs.
pub(crate) fn word(absence: &Absence) -> &'static str {
    match absence {
        Absence::Unwanted => "unwanted",
        Absence::Offline => "offline",
        Absence::Local => "local",
        Absence::Unknown { .. } => "unknown",
        Absence::NoCredential(_) => "no_credential",
        _ => "other",
    }
}
