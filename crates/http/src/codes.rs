//! The codes that a request can fail with.

releasekit_core::codes! {
    /// A request while the network is off limits.
    OFFLINE = "RK-HTTP-OFFLINE", "the network is off limits",
        "A command that was told to stay offline needs an answer from a server. Run it again without `--offline`, or \
         use a command that reads the repository only.";
    /// A variable or a file about the network that cannot be used.
    SETTINGS = "RK-HTTP-SETTINGS", "a network setting cannot be used",
        "A proxy variable holds no URL, or a file named by `SSL_CERT_FILE`, `SSL_CERT_DIR` or `NETRC` cannot be read. \
         The message names the variable or the file; correct it or unset it.";
    /// A URL or a header that cannot be sent.
    INVALID_REQUEST = "RK-HTTP-INVALID-REQUEST", "a request cannot be made from this URL",
        "The URL is not an absolute `http` or `https` URL, or a header holds a character that HTTP does not allow. \
         Correct the URL in the configuration or in the server that gave it.";
    /// No connection could be made.
    CONNECT = "RK-HTTP-CONNECT", "no connection to the server",
        "The name does not resolve, nobody listens there, or a proxy refuses. It has been tried several times. Check \
         the URL, the network, and `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.";
    /// The server's certificate is not trusted.
    CERTIFICATE = "RK-HTTP-CERTIFICATE", "the server's certificate is not trusted",
        "No trusted authority has signed the certificate, or it is for another name or out of date. Name the \
         authority's certificate with `SSL_CERT_FILE` or `SSL_CERT_DIR`, as for the package tools.";
    /// The server takes too long.
    TIMEOUT = "RK-HTTP-TIMEOUT", "the server takes too long to answer",
        "The server did not accept the connection, or sent nothing for too long. It has been tried several times. Try \
         again later.";
    /// The connection ended in the middle of an answer.
    INTERRUPTED = "RK-HTTP-INTERRUPTED", "the connection ended before the answer did",
        "The server, or something on the way, closed the connection. A request that reads has been tried several \
         times. Whether a request that writes was carried out is not known.";
    /// Redirections that are not followed.
    REDIRECT = "RK-HTTP-REDIRECT", "a redirection is not followed",
        "The server redirects too often, to no URL at all, or from `https` to `http`. Use the URL that it redirects \
         to, or have the server corrected.";
    /// Status 401.
    UNAUTHENTICATED = "RK-HTTP-UNAUTHENTICATED", "the server wants a credential, or does not know this one",
        "The server answered 401. Put the user and the password for this host into `.netrc` or into the URL, or \
         correct them.";
    /// Status 403.
    FORBIDDEN = "RK-HTTP-FORBIDDEN", "the server forbids this",
        "The server answered 403: it knows who asks, and says no. Ask for the right to do this, or use another \
         credential.";
    /// Status 404 or 410.
    NOT_FOUND = "RK-HTTP-NOT-FOUND", "the server has nothing at this URL",
        "The server answered 404 or 410. Check the URL.";
    /// Status 409.
    CONFLICT = "RK-HTTP-CONFLICT", "the server says that this exists already",
        "The server answered 409: what is to be written exists already, often with other content.";
    /// Status 429.
    RATE_LIMITED = "RK-HTTP-RATE-LIMITED", "the server wants fewer requests",
        "The server answered 429, also after waiting as long as it asked for, or it asks for more time than a command \
         waits. Try again later.";
    /// Status 5xx.
    SERVER = "RK-HTTP-SERVER", "the server failed",
        "The server answered with a status of 500 or above. A request that reads has been tried several times. Try \
         again later, and look at the server's status page.";
    /// Any other status.
    STATUS = "RK-HTTP-STATUS", "the server refuses the request",
        "The server answered with a status that says that the request is wrong. What it said is shown with the error.";
    /// An answer that is larger than anybody expects.
    TOO_LARGE = "RK-HTTP-TOO-LARGE", "the answer is too large",
        "The answer is larger than any page of this kind should be, so reading it was stopped. Check that the URL is \
         the one of an index.";
    /// A file that cannot be written.
    DISK = "RK-HTTP-DISK", "a downloaded file cannot be written",
        "The disk is full, or the folder cannot be written to. Nothing is left of the file.";
}
