//! What is live of a package: `embed-one-registry https://pypi.org/simple/ requests 2.32.0`.

use std::env;

use releasekit_core::model::{PackageName, Version};
use releasekit_core::registry::{Observed, Wanted};
use releasekit_core::{Environment, Registry, Result};
use releasekit_pypi::PyPi;

/// Asks an index for a version. The environment says which proxies, certificates and logins count.
async fn live(index: &str, environment: &Environment, name: &str, version: &str) -> Result<Option<Observed>> {
    let index = PyPi::new(index, environment)?;
    let wanted = Wanted::new(PackageName::new(name), Version::from_canonical(version));
    Ok(index.observe(&[wanted]).await.pop())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [index, name, version] = args.as_slice() else {
        println!("usage: embed-one-registry INDEX NAME VERSION");
        return Ok(());
    };
    println!("{:?}", live(index, &env::vars_os().collect(), name, version).await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use releasekit_core::Environment;
    use releasekit_core::registry::Observed;
    use releasekit_rehearsal::pypi::{Options, Server};

    use super::live;

    #[tokio::test]
    async fn what_is_live_is_told_from_what_is_not() {
        let server = Server::start(Options::default()).expect("loopback has a free port");
        server.put("demo-1.0.tar.gz", "demo-1.0.tar.gz").expect("memory takes everything");
        let (url, environment) = (server.simple_url(), Environment::new());
        let found = live(&url, &environment, "Demo", "1.0").await.expect("the URL is one");
        assert!(matches!(found, Some(Observed::Live(files)) if files[0].file_name == "demo-1.0.tar.gz"));
        let missing = live(&url, &environment, "demo", "2.0").await.expect("the URL is one");
        assert!(matches!(missing, Some(Observed::Absent)));
    }
}
