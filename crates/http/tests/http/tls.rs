//! Encrypted connections: whom the client trusts.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::{Diagnostic, Environment, ErrorKind};
use releasekit_http::{Client, Error, Settings, codes};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use releasekit_testkit::scripted::reply;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

/// Starts a server with the certificate of the fixtures, which always sends the same.
async fn start(answer: Vec<u8>) -> io::Result<String> {
    let certificates = CertificateDer::pem_file_iter(fixture("server.pem")).expect("the fixture is there");
    let certificates = certificates.collect::<Result<Vec<_>, _>>().expect("the fixture is PEM");
    let key = PrivateKeyDer::from_pem_file(fixture("server.key")).expect("the fixture is PEM");
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(certificates, key);
    let acceptor = TlsAcceptor::from(Arc::new(config.expect("the fixtures fit")));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("https://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that trusts nobody hangs up here.
            if let Ok(mut stream) = acceptor.accept(stream).await {
                // The first bytes say that a request has come; what it is does not matter.
                stream.read_exact(&mut [0; 4]).await?;
                stream.write_all(&answer).await?;
                stream.shutdown().await?;
            }
        }
        io::Result::Ok(())
    });
    Ok(url)
}

fn client(name: &str, value: impl Into<std::ffi::OsString>) -> Result<Client, Error> {
    let mut settings = Settings::default();
    settings.first_delay = Duration::from_millis(1);
    Client::new(&Environment::new().with(name, value), settings)
}

#[tokio::test]
async fn the_authority_that_the_environment_names_is_trusted() {
    let url = start(reply(200, "", "hello")).await.expect("the server starts");
    let file = client("SSL_CERT_FILE", fixture("authority.pem")).expect("this is a certificate");
    assert_eq!(file.get(&url).await.expect("the certificate is trusted").body, b"hello");
    // The folder holds a private key too, which is passed over.
    let folder = client("SSL_CERT_DIR", fixture("")).expect("this is a folder");
    assert_eq!(folder.get(&url).await.expect("the certificate is trusted").body, b"hello");
}

#[tokio::test]
async fn an_authority_that_nobody_named_is_not_trusted_and_not_asked_again() {
    let url = start(reply(200, "", "hello")).await.expect("the server starts");
    let error = client("UNRELATED", "1").expect("there is no setting").get(&url).await.expect_err("nobody trusts it");
    assert_eq!((error.code(), error.kind()), (codes::CERTIFICATE, ErrorKind::Precondition));
    assert!(error.help().is_some_and(|help| help.contains("SSL_CERT_FILE")));
}

#[tokio::test]
async fn a_redirection_from_https_to_http_is_refused() {
    let url = start(reply(302, "Location: http://127.0.0.1:9/\r\n", "")).await.expect("the server starts");
    let client = client("SSL_CERT_FILE", fixture("authority.pem")).expect("this is a certificate");
    let error = client.get(&url).await.expect_err("it would no longer be encrypted");
    assert_eq!(error.code(), codes::REDIRECT);
}

#[test]
fn a_setting_that_holds_no_certificate_is_named() {
    for (name, value) in [
        ("SSL_CERT_FILE", fixture("none.pem")),
        ("SSL_CERT_FILE", fixture("server.key")),
        ("SSL_CERT_DIR", fixture("none")),
    ] {
        let error = client(name, &value).expect_err("there is no certificate");
        assert_eq!(error.code(), codes::SETTINGS);
        assert!(error.to_string().contains(&value.display().to_string()), "{error}");
    }
}
